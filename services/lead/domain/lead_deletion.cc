#include "services/lead/domain/lead_deletion.h"

#include "common/base/status.h"
#include "common/error/error.h"
#include "services/lead/domain/lead_moves.h"

namespace crm::lead {

absl::Status Delete(Lead& lead, const Basis& basis, const Occasion& occasion) {
  CRM_RETURN_IF_ERROR(CheckLive(lead));
  switch (lead.state) {
    case LeadState::kNew:
    case LeadState::kWorking:
      CRM_RETURN_IF_ERROR(Disqualify(lead, DisqualifyReason::kOther, "deleted", basis, occasion));
      break;
    case LeadState::kDisqualified:
      break;
    default:
      return StateInvalid(lead, "Only a NEW, WORKING or DISQUALIFIED lead can be deleted.");
  }
  lead.delete_time = occasion.now;
  return absl::OkStatus();
}

absl::Status Undelete(Lead& lead) {
  if (!lead.deleted()) {
    return error::StateInvalid(LeadName(lead.id), NameOf(kLeadStateNames, lead.state),
                               "The lead is not deleted.")
        .With("allowedStates", "DELETED");
  }
  lead.delete_time.reset();
  return absl::OkStatus();
}

}  // namespace crm::lead
