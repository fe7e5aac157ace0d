#include "services/opportunity/domain/opportunity_state.h"

namespace crm::opportunity {
namespace {

constexpr Transition kTransitions[] = {
    {StageType::kOpen, Trigger::kMove, StageType::kOpen, true},
    {StageType::kOpen, Trigger::kWin, StageType::kWon, true},
    {StageType::kOpen, Trigger::kLose, StageType::kLost, true},
    {StageType::kWon, Trigger::kReopen, StageType::kOpen, false},
    {StageType::kLost, Trigger::kReopen, StageType::kOpen, false},
};

}  // namespace

absl::Span<const Transition> Transitions() { return kTransitions; }

const Transition* FindTransition(StageType from, Trigger trigger, StageType to) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == from && transition.trigger == trigger && transition.to == to) {
      return &transition;
    }
  }
  return nullptr;
}

std::optional<Trigger> TriggerFor(StageType from, StageType to) {
  for (const Transition& transition : kTransitions) {
    if (transition.from == from && transition.to == to) return transition.trigger;
  }
  return std::nullopt;
}

}  // namespace crm::opportunity
