#pragma once

#include <map>
#include <optional>
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

// The same for line items, competitors and team, column `work`.
std::string WorkToJson(const Opportunity& opportunity);
bool WorkFromJson(absl::string_view json, Opportunity& opportunity);

// The same for column `attributes`, an object of texts.
std::string AttributesToJson(const std::map<std::string, std::string>& attributes);
std::optional<std::map<std::string, std::string>> AttributesFromJson(absl::string_view json);

}  // namespace crm::opportunity
