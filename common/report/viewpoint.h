#pragma once

#include "absl/time/time.h"

namespace crm::report {

// By which clock a report goes.
enum class Clock {
  kEffective = 1,  // when things happened
  kRecorded = 2,   // when we learned of them
};

// From where a report looks. By the recorded clock `known_at` is `at`.
struct Viewpoint {
  Clock clock = Clock::kEffective;
  absl::Time at;        // things are as they were then
  absl::Time known_at;  // as far as it was recorded by then
};

}  // namespace crm::report
