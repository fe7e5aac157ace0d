#include "common/base/clock.h"

namespace crm::base {

const SystemClock& SystemClock::Instance() {
  static const SystemClock* const kClock = new SystemClock;
  return *kClock;
}

}  // namespace crm::base
