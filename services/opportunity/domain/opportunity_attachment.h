#pragma once

#include <optional>

#include "absl/status/status.h"
#include "common/base/uuid.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// What is known by the lead that an opportunity is attached to.
struct LeadFacts {
  // Its lead and contact, and what may fill empty fields; all else is ignored.
  Opportunity offered;
  // The one that the contact belongs to, or that the sale would be with.
  std::optional<base::Uuid> organization;
};

// The opportunity came from this lead. Fills what is empty: owner, amount (unless there are line
// items), expected close date, needs, contact roles, interests, external id, and attributes whose
// keys are not there, up to 50 of them; a role of the contact that is not known becomes known.
// Nothing else changes, and nothing at all if it came from this lead already. Errors:
//   FAILED_PRECONDITION STATE_INVALID   it is deleted or closed
//   FAILED_PRECONDITION OTHER_LEAD      it came from another lead
//   FAILED_PRECONDITION OTHER_CUSTOMER  it is neither of the contact nor of the organization, and
//                                       the contact has no role in it
absl::Status Attach(Opportunity& opportunity, const LeadFacts& lead);

}  // namespace crm::opportunity
