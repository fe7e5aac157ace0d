#include "services/lead/domain/stage_move.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/error/error.h"

namespace crm::lead {

absl::StatusOr<absl::Time> EffectiveTime(const Occasion& occasion, absl::Time previous) {
  if (!occasion.effective.has_value()) return std::max(occasion.now, previous);
  const absl::Time wanted = *occasion.effective;
  if (wanted <= occasion.now && wanted >= previous) return wanted;
  error::Error refusal(absl::StatusCode::kInvalidArgument, error::kEffectiveTimeInvalid,
                       "The effective time lies in the future or before the previous move.");
  if (previous > absl::InfinitePast()) {
    refusal.With("earliest", absl::FormatTime(absl::RFC3339_full, previous, absl::UTCTimeZone()));
  }
  return refusal
      .With("latest", absl::FormatTime(absl::RFC3339_full, occasion.now, absl::UTCTimeZone()))
      .Violation("effective_time", wanted > occasion.now
                                       ? "must not be in the future"
                                       : "must not be before the previous move of the lead");
}

absl::Status StateInvalid(const Lead& lead, absl::string_view message) {
  error::Error refusal = error::StateInvalid(LeadName(lead.id), Name(lead.state), message);
  refusal.With("allowedStates", AllowedStates(lead.state));
  if (const std::string opportunity = OpportunityOf(lead); !opportunity.empty()) {
    refusal.With("opportunity", opportunity);
  }
  return refusal;
}

absl::Status Enter(Lead& lead, Trigger trigger, absl::Time effective, const Occasion& occasion,
                   MoveDetails details) {
  const std::optional<LeadState> to = Target(lead.state, trigger);
  if (!to.has_value()) {
    return StateInvalid(
        lead, absl::StrCat("A lead in state ", Name(lead.state), " may not make this move."));
  }
  StageChange change;
  change.event_id = occasion.event_id;
  change.version = ++lead.stage_version;
  change.from = lead.state;
  change.to = *to;
  change.effective = effective;
  change.recorded = occasion.now;
  change.time_in_previous = effective - lead.state_enter_time;
  change.actor = occasion.actor;
  change.reason = std::move(details.reason);
  change.note = std::move(details.note);
  change.overridden = details.overridden;
  change.overridden_gates = std::move(details.overridden_gates);
  change.owner = lead.owner;
  change.request_id = occasion.request_id;
  change.traceparent = occasion.traceparent;
  lead.state = *to;
  lead.state_enter_time = effective;
  change.opportunity = OpportunityOf(lead);
  lead.collected.stages.push_back(std::move(change));
  return absl::OkStatus();
}

}  // namespace crm::lead
