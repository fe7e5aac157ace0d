#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// The names of the facts that a clone may take over; all of them unless some are named. Beside them
// it always has the tenant, contact, display name and pipeline of its source, and never the lead,
// external id, milestones, dates, competitors and next step.
absl::Span<const absl::string_view> ClonedFacts();

// A new opportunity with `facts` of `source`, which are among ClonedFacts, and linked to it;
// without id and stage, for Open. An amount without the line items that made it is one set by hand;
// line items bring their sum.
Opportunity CloneOf(const Opportunity& source, absl::Span<const std::string> facts);

}  // namespace crm::opportunity
