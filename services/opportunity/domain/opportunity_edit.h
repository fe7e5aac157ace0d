#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "common/base/money.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// New values for the fields that an update names; absent: not named. Where the field itself may be
// absent, the inner optional says so.
struct OpportunityEdit {
  std::optional<std::string> display_name;
  std::optional<std::string> owner;
  std::optional<std::string> external_id;
  std::optional<std::optional<base::Money>> amount;
  std::optional<std::optional<absl::CivilDay>> expected_close_date;
  std::optional<std::optional<int>> probability;  // inner absent: back to the stage's default
  std::optional<std::optional<ForecastCategory>> category;  // the same
  std::optional<std::vector<Need>> needs;
  std::optional<PresentSupplier> present_supplier;
  std::optional<PaymentTerms> payment_terms;
  std::optional<Contract> contract;
  std::optional<std::vector<ContactRole>> contact_roles;
  std::optional<std::vector<std::string>> interests;
  std::optional<std::vector<LineItem>> line_items;
  std::optional<std::vector<Competitor>> competitors;
  std::optional<NextStep> next_step;
  std::optional<std::vector<TeamMember>> team;
  std::optional<std::map<std::string, std::string>> attributes;
  std::optional<LeadSource> lead_source;
};

// Sets what `edit` names; never the stage. A probability or category given by hand is flagged;
// the value that is there already changes nothing. Line items set the amount (AmountBeside). All or
// nothing. Errors:
//   FAILED_PRECONDITION STATE_INVALID  the opportunity is deleted; another probability or category
//                                      for a closed one; another amount or other line items for a
//                                      won one
//   INVALID_ARGUMENT    FIELD_INVALID  a category that is not SettableByHand; line items that have
//                                      no sum; an amount beside line items that is not their sum
absl::Status Edit(Opportunity& opportunity, const OpportunityEdit& edit, const Pipeline& pipeline);

}  // namespace crm::opportunity
