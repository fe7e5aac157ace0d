#pragma once

#include <functional>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace crm::testing {

// Asks `condition` again and again, with short pauses, until it is true or `limit` has passed.
// Returns the last answer. The bounded alternative to sleeping for a fixed time.
inline bool Await(absl::Duration limit, const std::function<bool()>& condition) {
  const absl::Time end = absl::Now() + limit;
  absl::Duration pause = absl::Milliseconds(1);
  while (!condition()) {
    if (absl::Now() >= end) return condition();
    absl::SleepFor(pause);
    if (pause < absl::Milliseconds(20)) pause *= 2;
  }
  return true;
}

}  // namespace crm::testing
