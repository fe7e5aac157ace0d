#pragma once

#include "absl/status/status.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// Hides the lead from lists and lets nothing but Undelete change it; frees its external id. A NEW
// or WORKING one is disqualified first, for the reason OTHER, by an ordinary move, so that whoever
// follows the events of leads knows that it is over. Whole or not at all. Errors:
//   FAILED_PRECONDITION STATE_INVALID  it is deleted already; or QUALIFIED, CONVERTING or CONVERTED
// and those of Disqualify.
absl::Status Delete(Lead& lead, const Basis& basis, const Occasion& occasion);

// Shows it again, as DISQUALIFIED: Reopen goes on with it. FAILED_PRECONDITION STATE_INVALID unless
// deleted.
absl::Status Undelete(Lead& lead);

// STATE_INVALID if the lead is deleted.
absl::Status CheckLive(const Lead& lead);

}  // namespace crm::lead
