#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// New values for the fields that an update names; absent: not named. No other field can be edited.
struct LeadEdit {
  std::optional<std::string> owner = std::nullopt;
  std::optional<LeadSource> source = std::nullopt;
  std::optional<std::string> source_detail = std::nullopt;
  std::optional<std::vector<std::string>> interests = std::nullopt;
  std::optional<BuyingRole> buying_role = std::nullopt;
  std::optional<std::string> external_id = std::nullopt;
  std::optional<std::optional<base::Uuid>> organization = std::nullopt;  // inner absent: none
  std::optional<NextStep> next_step = std::nullopt;
  std::optional<std::map<std::string, std::string>> attributes = std::nullopt;
};

// Sets what `edit` names. FAILED_PRECONDITION STATE_INVALID while CONVERTING, or if it is
// deleted.
absl::Status Edit(Lead& lead, const LeadEdit& edit);

}  // namespace crm::lead
