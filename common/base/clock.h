#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>
#include <absl/time/time.h>

namespace crm::base {

// Where "now" comes from. Implementations are safe to call from any thread and never block.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  // One shared instance that lives as long as the process.
  static const SystemClock& Instance();
};

// A clock that moves only when told to. Starts at `start` (default 2026-01-01T00:00:00Z).
class FakeClock final : public Clock {
 public:
  FakeClock();
  explicit FakeClock(absl::Time start) : now_(start) {}

  absl::Time Now() const override;
  void Set(absl::Time now);
  void Advance(absl::Duration by);

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::base
