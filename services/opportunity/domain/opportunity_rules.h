#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// One gate: its name, what it demands, and the test.
struct GateRule {
  Gate gate;
  absl::string_view key;     // public: "need_confirmed"
  absl::string_view demand;  // a sentence for the caller
  bool (*met)(const Opportunity&);
};

const GateRule& RuleOf(Gate gate);

// A gate of a stage that is not met.
struct UnmetGate {
  const Stage* stage;
  const GateRule* rule;
};

// All gates between stage `from` and stage `to` that `opportunity` does not meet, in order of the
// pipeline. Checked are, on a move
//   to OPEN   those of the OPEN stages beyond `from` up to `to`; none on a move back
//   to WON    those of all OPEN stages beyond `from`, and of WON itself
//   to LOST   those of LOST itself
std::vector<UnmetGate> UnmetGates(const Opportunity& opportunity, const Pipeline& pipeline,
                                  const Stage& from, const Stage& to);

// The amount of an opportunity with these line items, of which there is at least one: their sum.
// INVALID_ARGUMENT FIELD_INVALID if they have none (TotalOf), or if the `amount` set by hand is
// another one.
absl::StatusOr<base::Money> AmountBeside(const std::vector<LineItem>& line_items,
                                         const std::optional<base::Money>& amount);

// Sets the amount of a new opportunity that has line items. Errors: those of AmountBeside.
absl::Status CountLineItems(Opportunity& opportunity);

// FAILED_PRECONDITION STATE_INVALID if the opportunity is deleted.
absl::Status CheckLive(const Opportunity& opportunity);

// Whether a person may choose this category; CLOSED belongs to WON alone.
bool SettableByHand(ForecastCategory category);

// Whether a loss for this reason must be explained in words.
bool NeedsNote(LossReason reason);

}  // namespace crm::opportunity
