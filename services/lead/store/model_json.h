#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/lead/domain/outcome_model.h"

// The json column of a prediction model.
namespace crm::lead {

std::string FactorsToJson(const std::vector<FactorCounts>& factors);
// Nothing for what FactorsToJson cannot have made.
std::optional<std::vector<FactorCounts>> FactorsFromJson(absl::string_view text);

}  // namespace crm::lead
