#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/steady_clock.h"
#include "common/base/steady_condition.h"

namespace crm::lifecycle {

struct DrainLimits {
  absl::Duration patience;  // for all steps together; then they are hurried
  // After that; then the process ends. More than libpq gives a connection under way (3 s), which
  // nothing can cut short.
  absl::Duration last = absl::Seconds(4);
};

// The ordered steps by which a process comes to rest: stop being asked, finish what was asked, stop
// the background work, close the connections. It comes to rest in time whatever hangs. Used by one
// thread.
class Drain {
 public:
  // The exit code of a process that did not come to rest by itself.
  static constexpr int kHung = 3;

  // `hurry` is called once, on another thread, when the patience is over and steps still run. It
  // cuts short what they may be waiting for, and must not block.
  Drain(DrainLimits limits, std::function<void()> hurry);
  // Until then, and no longer, the end of the process is guarded.
  ~Drain();
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

  // Steps run in the order they were added. `name` is for the log.
  void Add(std::string name, std::function<void()> step);

  // Runs every step, logging each with its duration. A step that throws is logged and does not keep
  // the others from running. Blocks as long as the steps do; from its beginning to the end of this
  // object the limits hold: once they are used up, the log says which step hangs and the process
  // ends with kHung. To be called once.
  void Run();

 private:
  void RunSteps();
  void Enter(const std::string& step);
  void Guard(base::SteadyTime start);
  [[noreturn]] void GiveUp(const std::string& step);

  const DrainLimits limits_;
  const std::function<void()> hurry_;
  std::vector<std::pair<std::string, std::function<void()>>> steps_;

  absl::Mutex mutex_;
  base::SteadyCondition changed_;
  std::string step_ ABSL_GUARDED_BY(mutex_);  // the one that runs
  bool ran_ ABSL_GUARDED_BY(mutex_) = false;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread guard_;
};

}  // namespace crm::lifecycle
