#include "common/base/clock.h"

#include <absl/time/clock.h>

namespace crm::base {

const SystemClock& SystemClock::Instance() {
  static const SystemClock* const kClock = new SystemClock;
  return *kClock;
}

absl::Time SystemClock::Now() const {
  return absl::FromUnixMicros(absl::GetCurrentTimeNanos() / 1000);
}

}  // namespace crm::base
