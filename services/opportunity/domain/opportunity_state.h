#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/base/enum_names.h"

namespace crm::opportunity {

// The state of an opportunity is the type of its stage. Rules test this, never a stage's key or
// name.
enum class StageType { kOpen = 1, kWon = 2, kLost = 3 };

inline constexpr base::EnumName<StageType> kStageTypeNames[] = {
    {StageType::kOpen, "OPEN"}, {StageType::kWon, "WON"}, {StageType::kLost, "LOST"}};

// What moves an opportunity.
enum class Trigger { kMove, kWin, kLose, kReopen };

// The method of the service that has this effect.
inline constexpr base::EnumName<Trigger> kTriggerMethods[] = {
    {Trigger::kMove, "MoveOpportunity"},
    {Trigger::kWin, "WinOpportunity"},
    {Trigger::kLose, "LoseOpportunity"},
    {Trigger::kReopen, "ReopenOpportunity"}};

struct Transition {
  StageType from;
  Trigger trigger;
  StageType to;
  bool gated;  // whether the gates on the way must be met
};

// All kinds of moves that exist; there is no other.
absl::Span<const Transition> Transitions();

// The transition of these three, or nullptr if there is none.
const Transition* FindTransition(StageType from, Trigger trigger, StageType to);

// What moves an opportunity from one type of stage to another; nothing if nothing does.
std::optional<Trigger> TriggerFor(StageType from, StageType to);

}  // namespace crm::opportunity
