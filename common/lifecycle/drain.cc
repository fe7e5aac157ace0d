#include "common/lifecycle/drain.h"

#include <unistd.h>

#include <exception>

#include "common/log/log.h"

namespace crm::lifecycle {
namespace {

// The log may be what hangs.
constexpr absl::Duration kLogTime = absl::Milliseconds(250);

}  // namespace

using base::SteadyNow;
using base::SteadyTime;

Drain::Drain(DrainLimits limits, std::function<void()> hurry)
    : limits_(limits), hurry_(std::move(hurry)) {}

Drain::~Drain() {
  {
    absl::MutexLock lock(&mutex_);
    over_ = true;
    changed_.Signal();
  }
  if (guard_.joinable()) guard_.join();
}

void Drain::Add(std::string name, std::function<void()> step) {
  steps_.emplace_back(std::move(name), std::move(step));
}

void Drain::Run() {
  guard_ = std::thread([this, start = SteadyNow()] { Guard(start); });
  RunSteps();
  absl::MutexLock lock(&mutex_);
  step_ = "the rest";
  ran_ = true;
}

void Drain::RunSteps() {
  for (const auto& [name, step] : steps_) {
    Enter(name);
    const SteadyTime start = SteadyNow();
    try {
      step();
      log::Info("drained", {{"step", name}, {"seconds", SteadyNow() - start}});
    } catch (const std::exception& failure) {
      log::Error("drain step failed", {{"step", name}, {"error", failure.what()}});
    }
  }
}

void Drain::Enter(const std::string& step) {
  absl::MutexLock lock(&mutex_);
  step_ = step;
}

void Drain::Guard(SteadyTime start) {
  const SteadyTime hurry_at = start + limits_.patience;
  absl::MutexLock lock(&mutex_);
  const auto over = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return over_; };
  if (changed_.AwaitUntil(mutex_, hurry_at, over)) return;
  // Under the lock, so that what it cuts short is still there.
  if (!ran_) hurry_();
  if (changed_.AwaitUntil(mutex_, hurry_at + limits_.last, over)) return;
  GiveUp(step_);
}

void Drain::GiveUp(const std::string& step) {
  log::Error("the drain takes too long; the process ends now", {{"step", step}});
  log::Flush(kLogTime);
  _exit(kHung);
}

}  // namespace crm::lifecycle
