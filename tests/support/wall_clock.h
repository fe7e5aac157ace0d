#pragma once

#include "absl/time/time.h"

namespace crm::testing {

// Shows this program a wall clock that is `by` ahead of the kernel's. Whoever waits until a time of
// the wall clock then waits that much longer (as after the clock was set back by as much), or, if
// `by` is negative, not at all. Only in programs that link crm_test_wall_clock, which puts itself
// before the C library.
void SetWallClockAhead(absl::Duration by);

}  // namespace crm::testing
