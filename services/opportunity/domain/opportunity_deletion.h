#pragma once

#include "absl/status/status.h"
#include "services/opportunity/domain/occasion.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// Hides the opportunity from lists and lets nothing but Undelete change it; frees its external id.
// An open one is lost first, for the reason OTHER, by an ordinary move. Whole or not at all.
// Errors:
//   FAILED_PRECONDITION STATE_INVALID  it is deleted already; or won, and so counted by its
//                                      customer's account
// and those of Lose.
absl::Status Delete(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion);

// Shows it again, as LOST: Reopen goes on with it. FAILED_PRECONDITION STATE_INVALID unless
// deleted.
absl::Status Undelete(Opportunity& opportunity);

}  // namespace crm::opportunity
