#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/base/steady_condition.h"

namespace crm::event {

// Where a thread rests between its turns: for a time by the monotonic clock, until it is poked, or
// until it is told to stop. Thread-safe.
class Waker {
 public:
  // Ends the Wait that is under way, or else the next one. Costs nanoseconds.
  void Poke();

  // Ends every Wait and Rest, now and from now on.
  void Stop();
  bool stopping() const;

  // Until a poke, the stop or the limit; then earlier pokes are forgotten.
  void Wait(absl::Duration limit);

  // Until the stop or the time, whatever pokes come.
  void Rest(base::SteadyTime until);

 private:
  mutable absl::Mutex mutex_;
  base::SteadyCondition changed_;
  bool poked_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace crm::event
