#include "tests/support/wall_clock.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdint>

#include "absl/time/clock.h"
#include "tests/support/await.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

std::atomic<int64_t> seconds_ahead{0};

}  // namespace

void SetWallClockAhead(absl::Duration by) {
  seconds_ahead = absl::ToInt64Seconds(by);
  // Abseil reads the clock every other second, and counts cycles in between.
  const auto abseil_sees_it = [] {
    const absl::Time set = absl::FromChrono(std::chrono::system_clock::now());
    return absl::AbsDuration(absl::Now() - set) < absl::Seconds(1);
  };
  if (!Await(kUntilWallClockIsSet, abseil_sees_it)) Abort("the wall clock cannot be set");
}

}  // namespace crm::testing

extern "C" int clock_gettime(clockid_t clock, struct timespec* time) noexcept {
  const int result = static_cast<int>(syscall(SYS_clock_gettime, clock, time));
  if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += crm::testing::seconds_ahead;
  return result;
}
