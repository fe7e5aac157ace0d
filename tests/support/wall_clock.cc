#include "tests/support/wall_clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace crm::testing {
namespace {

std::atomic<int64_t> seconds_ahead{0};

}  // namespace

void SetWallClockAhead(absl::Duration by) { seconds_ahead = absl::ToInt64Seconds(by); }

}  // namespace crm::testing

extern "C" int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
  const int result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += crm::testing::seconds_ahead;
  return result;
}
