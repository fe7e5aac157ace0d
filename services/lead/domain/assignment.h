#pragma once

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace crm::lead {

// How a lead was given to its owner.
struct Assignment {
  std::string reason;
  std::string rule;            // empty: a person gave it
  int64_t rules_revision = 0;  // 0 then
  std::string actor;
  absl::Time time;

  friend bool operator==(const Assignment&, const Assignment&) = default;
};

}  // namespace crm::lead
