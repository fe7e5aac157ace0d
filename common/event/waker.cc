#include "common/event/waker.h"

namespace crm::event {

void Waker::Poke() {
  absl::MutexLock lock(&mutex_);
  if (poked_) return;
  poked_ = true;
  changed_.SignalAll();
}

void Waker::Stop() {
  absl::MutexLock lock(&mutex_);
  stopping_ = true;
  changed_.SignalAll();
}

bool Waker::stopping() const {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

void Waker::Wait(absl::Duration limit) {
  absl::MutexLock lock(&mutex_);
  changed_.AwaitUntil(mutex_, base::SteadyNow() + limit, [this] {
    mutex_.AssertHeld();
    return poked_ || stopping_;
  });
  poked_ = false;
}

void Waker::Rest(base::SteadyTime until) {
  absl::MutexLock lock(&mutex_);
  changed_.AwaitUntil(mutex_, until, [this] {
    mutex_.AssertHeld();
    return stopping_;
  });
}

}  // namespace crm::event
