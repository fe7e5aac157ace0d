#pragma once

#include <sys/types.h>

#include <string>

namespace crm::testing {

struct Outcome {
  int code = 0;        // exit code; 128 + signal when it was killed
  std::string output;  // stdout and stderr
};

// Runs a bash script in the repository's folder and waits for its end. (`struct`: in tests of
// services in this process a function has that name, too.)
struct Outcome RunScript(const std::string& script);

// `text` as one word of a bash script.
std::string Quoted(const std::string& text);

// A bash script that runs beside the test, in a process group of its own. What is left of the group
// is killed with the object, and with the test however it ends.
class Command {
 public:
  explicit Command(const std::string& script);
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  bool Running();
  struct Outcome Wait();
  std::string Output() const;  // so far
  // To the whole group, as a terminal does for Ctrl-C (SIGINT).
  void Signal(int signal);
  pid_t pid() const { return pid_; }

 private:
  std::string output_file_;
  pid_t pid_ = -1;
  pid_t watchdog_ = -1;
  int lifeline_ = -1;
  int status_ = -1;
};

}  // namespace crm::testing
