#pragma once

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
};

// Sets what `edit` names; never the stage. A probability or category given by hand is flagged;
// the value that is there already changes nothing. All or nothing. Errors:
//   FAILED_PRECONDITION STATE_INVALID  another probability or category for a closed opportunity
//   INVALID_ARGUMENT    FIELD_INVALID  a category that is not SettableByHand
absl::Status Edit(Opportunity& opportunity, const OpportunityEdit& edit, const Pipeline& pipeline);

}  // namespace crm::opportunity
