#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/strings/string_view.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <string>
#include <thread>

#include "common/base/steady_condition.h"

namespace crm::lifecycle {

// Tells the process when to end. Make one, first thing in main, before any other thread: it blocks
// SIGTERM and SIGINT for the calling thread and all threads made later, ignores SIGPIPE (hiredis
// writes to closed sockets), and waits for the signals on a thread of its own. A second signal,
// after the first, ends the process at once with code 130.
class ShutdownSignal {
 public:
  ShutdownSignal();
  ~ShutdownSignal();
  ShutdownSignal(const ShutdownSignal&) = delete;
  ShutdownSignal& operator=(const ShutdownSignal&) = delete;

  // Asks for the end as a signal would. Only the first cause counts. Any thread.
  void Trigger(absl::string_view cause);

  // Blocks until a signal or Trigger(); returns the cause ("SIGTERM", "SIGINT" or Trigger's).
  std::string Wait();
  // The same for at most `limit`; false when nothing happened.
  bool WaitFor(absl::Duration limit);
  bool Triggered() const;

 private:
  void Watch();

  mutable absl::Mutex mutex_;
  base::SteadyCondition changed_;
  bool triggered_ ABSL_GUARDED_BY(mutex_) = false;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::string cause_ ABSL_GUARDED_BY(mutex_);
  std::thread watcher_;
};

// For a command that has nothing to drain: SIGTERM and SIGINT end the process at once with code 143
// or 130. That is what they do anyway, unless it is process 1 of a container, which the kernel
// shields from signals that it has no handler for.
void EndAtOnceOnSignal();

}  // namespace crm::lifecycle
