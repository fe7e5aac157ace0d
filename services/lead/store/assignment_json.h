#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "services/lead/domain/assignment_rules.h"
#include "services/lead/domain/dealer.h"

// Rules and turns as json. The readers give nothing for what the writers cannot have made.
namespace crm::lead {

std::string RulesToJson(const AssignmentRules& rules);
// Without the revision.
std::optional<AssignmentRules> RulesFromJson(absl::string_view json);

std::string TurnsToJson(const Turns& turns);
std::optional<Turns> TurnsFromJson(absl::string_view json);

}  // namespace crm::lead
