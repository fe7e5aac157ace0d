#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace crm::testing {

// A temporary folder for one server process, with a watchdog: when the folder object goes, or this
// process ends in whatever way (also by SIGKILL), the server whose process id stands in the first
// line of `pid_file` gets SIGQUIT and the folder is removed.
class ServerFolder {
 public:
  // `kind` becomes part of the folder's name; `pid_file` is relative to the folder.
  ServerFolder(const std::string& kind, const std::string& pid_file);
  // Waits until the server is gone and the folder removed.
  ~ServerFolder();
  ServerFolder(const ServerFolder&) = delete;
  ServerFolder& operator=(const ServerFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  void StartWatchdog(const std::string& pid_file);

  std::string path_;
  pid_t watchdog_ = -1;
  int lifeline_ = -1;
};

// Starts a program with output appended to `log`. As root, the program runs as the unprivileged
// user postgres, since PostgreSQL refuses root. Returns its process id.
pid_t StartProcess(const std::vector<std::string>& command, const std::string& log);

// Waits for a process started above and returns its exit code (128 + signal if it was killed).
int WaitForProcess(pid_t pid);

// Whether the process still runs: false also for a zombie, which nobody may have reaped.
bool IsRunning(pid_t pid);

// A TCP socket bound to a free port of the loopback interface; tells the port.
int BoundSocket(int* port);

// A TCP port of the loopback interface that is free now.
int FreePort();

// Ends the test program with a message: without its servers no test can say anything.
[[noreturn]] void Abort(const std::string& message);

}  // namespace crm::testing
