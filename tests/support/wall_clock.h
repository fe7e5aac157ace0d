#pragma once

#include "absl/time/time.h"

namespace crm::testing {

inline constexpr absl::Duration kUntilWallClockIsSet = absl::Milliseconds(2500);

// Shows this program a wall clock that is `by` ahead of the kernel's. Whoever waits until a time of
// the wall clock then waits that much longer (as after the clock was set back by as much), or, if
// `by` is negative, not at all. Only in programs that link crm_test_wall_clock, which puts itself
// before the C library. Returns when all of the program sees it.
void SetWallClockAhead(absl::Duration by);

}  // namespace crm::testing
