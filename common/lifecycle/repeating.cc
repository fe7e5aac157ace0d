#include "common/lifecycle/repeating.h"

#include <utility>

namespace crm::lifecycle {

Repeating::Repeating(std::function<absl::Duration()> turn, absl::Duration pause)
    : turn_(std::move(turn)), thread_([this, pause] { Run(pause); }) {}

Repeating::~Repeating() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    stop_.Signal();
  }
  thread_.join();
}

void Repeating::Run(absl::Duration pause) {
  while (!StopsWithin(pause)) pause = turn_();
}

bool Repeating::StopsWithin(absl::Duration pause) {
  absl::MutexLock lock(&mutex_);
  return stop_.AwaitUntil(mutex_, base::SteadyNow() + pause,
                          [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; });
}

}  // namespace crm::lifecycle
