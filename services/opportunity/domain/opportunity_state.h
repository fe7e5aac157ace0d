#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/pipeline.h"

// The moves of an opportunity. Each either happens whole (row facts, probability and forecast
// snapshots, one StageChange collected) or leaves the opportunity as it was. Errors:
//   FAILED_PRECONDITION REFERENCE_NOT_FOUND    no such stage in the pipeline
//   FAILED_PRECONDITION STATE_INVALID          not from here, or not there by this verb
//   INVALID_ARGUMENT    EFFECTIVE_TIME_INVALID in the future, or before the previous move
//   FAILED_PRECONDITION GATES_UNMET            with one violation for each unmet gate
namespace crm::opportunity {

enum class Verb { kMove, kWin, kLose, kReopen };

enum class GateCheck { kAsked, kNotAsked };

// One lawful kind of move. What is not in the table is illegal.
struct Transition {
  Verb verb;
  StageType from;
  StageType to;
  GateCheck gates;
};

absl::Span<const Transition> Transitions();

// The service method that makes moves of this kind: "WinOpportunity".
absl::string_view MethodOf(Verb verb);

// Who makes a move, when, and under which ids.
struct Occasion {
  absl::Time now;                            // the recorded time; whole microseconds
  std::optional<absl::Time> effective_time;  // default: now; whole microseconds
  std::string actor;
  base::Uuid event_id;
  std::string request_id;
  std::string traceparent;
};

// Puts a new opportunity, whose own facts are filled in, into the first stage. Absent probability
// and category mean the stage's defaults; others count as set by hand.
absl::Status Open(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  std::optional<int> probability = std::nullopt,
                  std::optional<ForecastCategory> category = std::nullopt);

// OPEN → OPEN. A jump forward asks for the gates of every stage entered or jumped over, unless
// `override_reason` is given.
absl::Status Move(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                  const Occasion& occasion, absl::string_view reason = "",
                  absl::string_view override_reason = "");

// OPEN → WON, with the final amount if given.
absl::Status Win(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                 const std::optional<base::Money>& amount = std::nullopt,
                 absl::string_view override_reason = "");

// OPEN → LOST. INVALID_ARGUMENT FIELD_INVALID if the reason OTHER has no note.
absl::Status Lose(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  LossReason reason, absl::string_view note = "");

// WON or LOST → a named OPEN stage, without gates. What the closing set is cleared.
absl::Status Reopen(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                    const Occasion& occasion, absl::string_view reason);

}  // namespace crm::opportunity
