#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <functional>
#include <thread>

#include "common/base/steady_condition.h"

namespace crm::lifecycle {

// Does something again and again, on a thread of its own.
class Repeating {
 public:
  // `turn` is called after `pause`, and then after each pause that it returns.
  Repeating(std::function<absl::Duration()> turn, absl::Duration pause);
  ~Repeating();  // ends the thread; waits for the turn it may be at
  Repeating(const Repeating&) = delete;
  Repeating& operator=(const Repeating&) = delete;

 private:
  void Run(absl::Duration pause);
  bool StopsWithin(absl::Duration pause);

  const std::function<absl::Duration()> turn_;
  absl::Mutex mutex_;
  base::SteadyCondition stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace crm::lifecycle
