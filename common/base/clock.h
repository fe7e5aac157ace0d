#pragma once

#include <absl/time/time.h>

namespace crm::base {

// Where "now" comes from. Whole microseconds, as precise as a time is stored, so that what a call
// answers is what later reads tell. Implementations are safe to call from any thread and never
// block.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override;
  // One shared instance that lives as long as the process.
  static const SystemClock& Instance();
};

}  // namespace crm::base
