#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"

namespace crm::neighbours {

// That an opportunity, new or not, came from a lead.
struct LeadClaim {
  std::string tenant;
  base::Uuid lead;
  base::Uuid opportunity;
};

// Knows which leads there are, and what they have become. Every implementation is thread-safe and
// blocks.
class LeadDirectory {
 public:
  virtual ~LeadDirectory() = default;

  // Sets one finding per claim: OK if there is a live lead, and it has become nothing yet, or is
  // becoming or has become this very opportunity; ALREADY_EXISTS DUPLICATE_ID (metadata existing)
  // if another; NOT_FOUND if there is no live lead; UNAVAILABLE NEIGHBOUR_UNAVAILABLE if it is not
  // known now, DEADLINE_EXCEEDED if not by `deadline`, until when it blocks at most. What is found
  // may change before it is acted upon. Leads may repeat.
  virtual void Check(absl::Span<const LeadClaim> claims, absl::Span<absl::Status> findings,
                     base::Deadline deadline) = 0;
};

}  // namespace crm::neighbours
