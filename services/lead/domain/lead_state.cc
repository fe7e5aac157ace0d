#include "services/lead/domain/lead_state.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace crm::lead {
namespace {

constexpr Transition kTransitions[] = {
    {LeadState::kNew, Trigger::kFirstEvidence, LeadState::kWorking},
    {LeadState::kNew, Trigger::kDisqualify, LeadState::kDisqualified},
    {LeadState::kWorking, Trigger::kQualify, LeadState::kQualified},
    {LeadState::kWorking, Trigger::kDisqualify, LeadState::kDisqualified},
    {LeadState::kQualified, Trigger::kCounterEvidence, LeadState::kWorking},
    {LeadState::kQualified, Trigger::kDisqualify, LeadState::kDisqualified},
    {LeadState::kQualified, Trigger::kStartConversion, LeadState::kConverting},
    {LeadState::kConverting, Trigger::kFinishConversion, LeadState::kConverted},
    {LeadState::kConverting, Trigger::kAbandonConversion, LeadState::kQualified},
    {LeadState::kDisqualified, Trigger::kReopen, LeadState::kWorking},
};

}  // namespace

absl::Span<const Transition> Transitions() { return kTransitions; }

std::optional<LeadState> Target(LeadState from, Trigger trigger) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == from && transition.trigger == trigger) return transition.to;
  }
  return std::nullopt;
}

std::string AllowedStates(LeadState from) {
  std::set<LeadState> targets;
  for (const Transition& transition : kTransitions) {
    if (transition.from == from) targets.insert(transition.to);
  }
  return absl::StrJoin(targets, ",", [](std::string* out, LeadState state) {
    absl::StrAppend(out, NameOf(kLeadStateNames, state));
  });
}

}  // namespace crm::lead
