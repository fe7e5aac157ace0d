#include "services/lead/domain/lead_assignment.h"

#include "common/base/status.h"
#include "services/lead/domain/lead_moves.h"

namespace crm::lead {

bool IsWorkable(LeadState state) {
  return state == LeadState::kNew || state == LeadState::kWorking || state == LeadState::kQualified;
}

bool IsLive(LeadState state) { return IsWorkable(state) || state == LeadState::kConverting; }

absl::Status Assign(Lead& lead, const std::string& owner, const Assignment& assignment) {
  CRM_RETURN_IF_ERROR(CheckChangeable(lead));
  lead.owner = owner;
  lead.assignment = assignment;
  return absl::OkStatus();
}

}  // namespace crm::lead
