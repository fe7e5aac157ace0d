#include "common/base/steady_condition.h"

namespace crm::base {
namespace {

// What the standard library calls a lock; the caller holds it before and after.
struct Held {
  absl::Mutex& mutex;
  void lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex.Lock(); }
  void unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex.Unlock(); }
};

}  // namespace

void SteadyCondition::Wait(absl::Mutex& mutex) {
  Held held{mutex};
  condition_.wait(held);
}

bool SteadyCondition::WaitUntil(absl::Mutex& mutex, SteadyTime end) {
  Held held{mutex};
  if (end == SteadyTime::InfiniteFuture()) {
    condition_.wait(held);
    return true;
  }
  return condition_.wait_until(held, end.ToChrono()) == std::cv_status::no_timeout;
}

}  // namespace crm::base
