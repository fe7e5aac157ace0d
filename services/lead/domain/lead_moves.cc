#include "services/lead/domain/lead_moves.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"
#include "services/lead/domain/lead_deletion.h"

namespace crm::lead {
namespace {

void MoveTo(Lead& lead, LeadState to, absl::Time effective, const Occasion& occasion,
            MoveDetails details) {
  StageChange change;
  change.event_id = occasion.event_id;
  change.version = ++lead.stage_version;
  if (lead.state != LeadState::kUnspecified) {
    change.from = lead.state;
    change.time_in_previous_state = effective - lead.state_enter_time;
  }
  change.to = to;
  change.effective_time = effective;
  change.record_time = occasion.now;
  change.actor = occasion.actor;
  change.reason = std::move(details.reason);
  change.note = std::move(details.note);
  change.overridden = details.overridden;
  change.overridden_gates = std::move(details.overridden_gates);
  change.owner = lead.owner;
  change.request_id = occasion.request_id;
  change.traceparent = occasion.traceparent;
  lead.state = to;
  lead.state_enter_time = effective;
  change.opportunity = OpportunityOf(lead);
  lead.stage_changes.push_back(std::move(change));
}

}  // namespace

absl::Status StateInvalid(const Lead& lead, absl::string_view message) {
  error::Error refusal =
      error::StateInvalid(LeadName(lead.id), NameOf(kLeadStateNames, lead.state), message);
  refusal.With("allowedStates", AllowedStates(lead.state));
  if (const std::string opportunity = OpportunityOf(lead); !opportunity.empty()) {
    refusal.With("opportunity", opportunity);
  }
  return refusal;
}

absl::Status CheckLive(const Lead& lead) {
  if (!lead.deleted()) return absl::OkStatus();
  return error::StateInvalid(LeadName(lead.id), "DELETED",
                             "The lead is deleted; undelete it first.")
      .With("useMethod", "UndeleteLead");
}

absl::Status CheckChangeable(const Lead& lead) {
  if (lead.deleted()) return CheckLive(lead);
  if (lead.state != LeadState::kConverting) return absl::OkStatus();
  return StateInvalid(lead, "The lead is being converted; nothing else may change it meanwhile.");
}

absl::Status Enter(Lead& lead, Trigger trigger, absl::Time effective, const Occasion& occasion,
                   MoveDetails details) {
  const std::optional<LeadState> to = Target(lead.state, trigger);
  if (!to.has_value()) {
    return StateInvalid(lead, absl::StrCat("A lead in state ", NameOf(kLeadStateNames, lead.state),
                                           " may not make this move."));
  }
  MoveTo(lead, *to, effective, occasion, std::move(details));
  return absl::OkStatus();
}

void EnterNew(Lead& lead, absl::Time effective, const Occasion& occasion) {
  MoveTo(lead, LeadState::kNew, effective, occasion, {});
}

}  // namespace crm::lead
