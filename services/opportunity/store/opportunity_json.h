#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// The milestones, contact roles and interests as the JSON of column `details`; what is empty is
// left out, so that a bare opportunity has "{}".
std::string DetailsToJson(const Opportunity& opportunity);

// The reverse; false for what DetailsToJson cannot have made, which leaves the opportunity's
// details unspecified.
bool DetailsFromJson(absl::string_view json, Opportunity& opportunity);

}  // namespace crm::opportunity
