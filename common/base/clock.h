#pragma once

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

}  // namespace crm::base
