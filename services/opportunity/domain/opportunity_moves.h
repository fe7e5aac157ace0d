#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "services/opportunity/domain/gate_rules.h"
#include "services/opportunity/domain/occasion.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// The moves. Each either happens whole (stage, probability and forecast category, one StageChange)
// or leaves the opportunity as it was. Errors:
//   FAILED_PRECONDITION REFERENCE_NOT_FOUND    no such stage in the pipeline
//   FAILED_PRECONDITION STATE_INVALID          not from here, or not there by this verb; deleted
//   INVALID_ARGUMENT    EFFECTIVE_TIME_INVALID in the future, or before the previous move
//   FAILED_PRECONDITION GATES_UNMET            with one violation for each unmet gate

// Puts a new opportunity, whose own facts are filled in, into the first stage. Absent probability
// and category mean the stage's defaults; others count as set by hand. STATE_INVALID if the
// pipeline is archived.
absl::Status Open(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  std::optional<int> probability = std::nullopt,
                  std::optional<ForecastCategory> category = std::nullopt);

// OPEN → OPEN. A move forward checks the gates of every stage entered or jumped over, unless
// `override_reason` is given.
absl::Status Move(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                  const Occasion& occasion, absl::string_view reason = "",
                  absl::string_view override_reason = "");

// OPEN → WON, with the final amount if given. INVALID_ARGUMENT FIELD_INVALID if that is not the sum
// of the line items, of which there are some.
absl::Status Win(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                 const std::optional<base::Money>& amount = std::nullopt,
                 absl::string_view override_reason = "");

// OPEN → LOST. The competitor of this name, if one is given, is the one that the customer chose; it
// is added if it was not known. INVALID_ARGUMENT FIELD_INVALID if the reason NeedsNote and has
// none, or if there is no room for another competitor.
absl::Status Lose(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  LossReason reason, absl::string_view note = "",
                  absl::string_view competitor = "");

// WON or LOST → a named OPEN stage, without gates. What the closing set is cleared.
absl::Status Reopen(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                    const Occasion& occasion, absl::string_view reason);

// What a move to a stage would need.
struct MovePlan {
  std::optional<Trigger> trigger;  // that leads there
  std::string obstacle;            // why none does
  std::vector<GateCheck> gates;    // that would be asked; they point into the pipeline

  bool allowed() const;
};

// The plan for a move to this stage that takes effect at `at`; `amount` is the final one that Win
// would be given. A loss reason is taken for granted, since Lose demands it. FAILED_PRECONDITION
// REFERENCE_NOT_FOUND if there is no such stage.
absl::StatusOr<MovePlan> PlanMove(Opportunity opportunity, const Pipeline& pipeline,
                                  absl::string_view stage, absl::Time at,
                                  const std::optional<base::Money>& amount = std::nullopt);

// OPEN in one pipeline → an OPEN stage of another, by default its first, whatever transitions the
// stages allow. The gates of all OPEN stages of `target` up to the one entered must be met, unless
// `override_reason` is given. STATE_INVALID too if `target` is archived.
absl::Status MoveToPipeline(Opportunity& opportunity, const Pipeline& pipeline,
                            const Definition& target, absl::string_view stage,
                            const Occasion& occasion, absl::string_view reason = "",
                            absl::string_view override_reason = "");

// From a stage that was removed from the pipeline to its successor, without gates; leaves what is
// in another stage as it is.
absl::Status LeaveRetiredStage(Opportunity& opportunity, const Pipeline& pipeline,
                               const Occasion& occasion);

}  // namespace crm::opportunity
