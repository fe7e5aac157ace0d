#pragma once

#include <optional>
#include <string>

#include "absl/time/civil_time.h"

namespace crm::lead {

// What is to be done next; empty: nothing.
struct NextStep {
  std::string text;
  std::optional<absl::CivilDay> due_date;

  friend bool operator==(const NextStep&, const NextStep&) = default;
};

}  // namespace crm::lead
