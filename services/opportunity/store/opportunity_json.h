#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// The milestones, contact roles and interests as the JSON of column `details`; what is empty is
// left out, so that a bare opportunity has "{}".
std::string DetailsToJson(const Opportunity& opportunity);

// The reverse. Aborts on what DetailsToJson cannot have written: the column has no other writer.
void DetailsFromJson(absl::string_view json, Opportunity& opportunity);

}  // namespace crm::opportunity
