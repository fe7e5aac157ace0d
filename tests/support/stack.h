#pragma once

#include <sys/types.h>

#include <string>

namespace crm::testing {

// The repository's folder and the build's, as ctest tells.
std::string SourceFolder();
std::string BuildFolder();

// The shell block of README.md that follows the line `<!-- test: name -->`.
std::string ReadmeBlock(const std::string& name);

// Has what a stack in this folder told looked through (leaks.h), whoever started it; while it runs.
void KeepToldByStack(const std::string& folder);

struct StackOptions {
  bool secure = false;  // by up --secure: TLS, tokens, users and passwords
  int partitions = 1;   // of each service's log
};

// A whole local stack of its own, started and stopped by deploy/local/up and down as users do it:
// PostgreSQL, Redis and the three services on real disks and ports. Goes away with the object, and
// with the test however it ends; what it told is looked through before (tests/support/leaks.h).
// Failures to start abort the test program. Not thread-safe.
//
// Names of its processes: postgres, redis, contact, lead, opportunity.
class Stack {
 public:
  explicit Stack(StackOptions options = {});
  ~Stack();
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  const std::string& folder() const { return folder_; }
  bool secure() const { return options_.secure; }
  // The shell line that gives a script the stack's addresses and crmctl.
  std::string Source() const { return "source " + folder_ + "/stack.env\n"; }

  // What stack.env says, e.g. "CRM_LEAD_ADDRESS".
  std::string Value(const std::string& variable) const;
  std::string Log(const std::string& name) const;

  // 0 when it does not run.
  pid_t Pid(const std::string& name) const;
  // Sends a signal and, unless it is one that only pauses or resumes, waits for the end.
  void Kill(const std::string& name, int signal);
  // Starts what does not run, on the same ports and data. Returns once all is healthy.
  void Start();
  // The services that Start starts from now on have so many partitions, no fewer than before.
  void RaisePartitions(int partitions) { options_.partitions = partitions; }

 private:
  void StartWatchdog();

  StackOptions options_;
  std::string folder_;
  pid_t watchdog_ = -1;
  int lifeline_ = -1;
};

}  // namespace crm::testing
