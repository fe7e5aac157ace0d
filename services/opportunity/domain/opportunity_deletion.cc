#include "services/opportunity/domain/opportunity_deletion.h"

#include "common/base/status.h"
#include "common/error/error.h"
#include "services/opportunity/domain/opportunity_moves.h"
#include "services/opportunity/domain/opportunity_rules.h"

namespace crm::opportunity {

absl::Status Delete(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion) {
  CRM_RETURN_IF_ERROR(CheckLive(opportunity));
  if (opportunity.stage_type == StageType::kWon) {
    return error::StateInvalid(NameOf(opportunity), opportunity.stage,
                               "A won opportunity is counted by its customer's account and cannot "
                               "be deleted; reopen it first.")
        .With("useMethod", base::NameOf(kTriggerMethods, Trigger::kReopen));
  }
  if (opportunity.stage_type == StageType::kOpen) {
    CRM_RETURN_IF_ERROR(Lose(opportunity, pipeline, occasion, LossReason::kOther, "deleted"));
  }
  opportunity.delete_time = occasion.now;
  return absl::OkStatus();
}

absl::Status Undelete(Opportunity& opportunity) {
  if (!opportunity.deleted()) {
    return error::StateInvalid(NameOf(opportunity), opportunity.stage,
                               "The opportunity is not deleted.")
        .With("allowedStates", "DELETED");
  }
  opportunity.delete_time.reset();
  return absl::OkStatus();
}

}  // namespace crm::opportunity
