#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <condition_variable>

#include "common/base/steady_clock.h"

namespace crm::base {

// A condition variable for an absl::Mutex whose timed waits go by the monotonic clock. (Abseil's
// own, relative ones too, go by the wall clock: one that is set back an hour makes them an hour
// longer.)
class SteadyCondition {
 public:
  // Both may return early; ask again what was waited for. WaitUntil returns false once `end` is
  // reached. The mutex is released meanwhile.
  void Wait(absl::Mutex& mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  bool WaitUntil(absl::Mutex& mutex, SteadyTime end) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  // Waits until `holds()`, at most until `end`; returns its last answer.
  template <class Predicate>
  bool AwaitUntil(absl::Mutex& mutex, SteadyTime end, const Predicate& holds)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    while (!holds()) {
      if (!WaitUntil(mutex, end)) return holds();
    }
    return true;
  }

  // Whether the mutex is held or not.
  void Signal() { condition_.notify_one(); }
  void SignalAll() { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace crm::base
