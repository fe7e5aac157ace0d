#pragma once

#include <functional>
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"

namespace crm::testing {

// Asks `condition` again and again, with short pauses, until it is true or `limit` has passed.
// Returns the last answer. The bounded alternative to sleeping for a fixed time.
inline bool Await(absl::Duration limit, const std::function<bool()>& condition) {
  const base::Deadline end = base::Deadline::After(limit);
  absl::Duration pause = absl::Milliseconds(1);
  while (!condition()) {
    if (end.Passed()) return condition();
    absl::SleepFor(pause);
    if (pause < absl::Milliseconds(20)) pause *= 2;
  }
  return true;
}

}  // namespace crm::testing
