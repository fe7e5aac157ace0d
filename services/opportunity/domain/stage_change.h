#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

enum class LossReason {
  kCompetition = 1,
  kPrice = 2,
  kBudget = 3,
  kNoDecision = 4,
  kNoDecisionMaker = 5,
  kTiming = 6,
  kMissingFeature = 7,
  kUnresponsive = 8,
  kPoorFit = 9,
  kOther = 10,
};

inline constexpr base::EnumName<LossReason> kLossReasonNames[] = {
    {LossReason::kCompetition, "COMPETITION"},
    {LossReason::kPrice, "PRICE"},
    {LossReason::kBudget, "BUDGET"},
    {LossReason::kNoDecision, "NO_DECISION"},
    {LossReason::kNoDecisionMaker, "NO_DECISION_MAKER"},
    {LossReason::kTiming, "TIMING"},
    {LossReason::kMissingFeature, "MISSING_FEATURE"},
    {LossReason::kUnresponsive, "UNRESPONSIVE"},
    {LossReason::kPoorFit, "POOR_FIT"},
    {LossReason::kOther, "OTHER"}};

// What kind of change of the stage it is. Numbered as v1.StageChangeKind.
enum class ChangeKind {
  kOpened = 1,
  kMoved = 2,
  kWon = 3,
  kLost = 4,
  kReopened = 5,
  kCorrected = 6,
  kPipelineChanged = 7,
};

inline constexpr base::EnumName<ChangeKind> kChangeKindNames[] = {
    {ChangeKind::kOpened, "OPENED"},
    {ChangeKind::kMoved, "MOVED"},
    {ChangeKind::kWon, "WON"},
    {ChangeKind::kLost, "LOST"},
    {ChangeKind::kReopened, "REOPENED"},
    {ChangeKind::kCorrected, "CORRECTED"},
    {ChangeKind::kPipelineChanged, "PIPELINE_CHANGED"}};

// The code that stands for a reason where a stage was removed from its pipeline.
inline constexpr absl::string_view kPipelineChangedReason = "PIPELINE_CHANGED";

// What a stage move may change, as it was before or is after it. Names are those of that time.
struct StageFacts {
  std::string pipeline;
  std::string stage;
  std::string stage_key;   // across pipelines
  std::string stage_name;  // empty in changes of before names were kept
  StageType type = StageType::kOpen;
  std::optional<base::Money> amount;
  int probability = 0;
  ForecastCategory category = ForecastCategory::kPipeline;
  std::optional<absl::CivilDay> close_date;  // expected

  bool operator==(const StageFacts&) const = default;
};

// What a correction says in place of an earlier change. Its own effective time stands there too.
struct Correction {
  int64_t version = 0;  // that is superseded: of a move, or of an earlier correction of it
  std::string stage;    // that the move led to
  std::string stage_key;
  std::string stage_name;
  StageType type = StageType::kOpen;
  int probability = 0;  // after the move
  ForecastCategory category = ForecastCategory::kPipeline;
  absl::Time superseded_time;  // the effective time of the superseded change
  // When the present stage was entered, as known before the correction and after it.
  absl::Time enter_time_before;
  absl::Time enter_time;

  bool operator==(const Correction&) const = default;
};

// One change of the stage, for the history and the published event. `before` and `after` are the
// present facts at both sides of it: of a correction they differ if the present stage does.
struct StageChange {
  ChangeKind kind = ChangeKind::kMoved;
  bool stage_retired = false;  // since the stage before was removed from its pipeline
  base::Uuid event_id;
  int64_t version = 0;               // 1, 2, 3… among this opportunity's moves
  std::optional<StageFacts> before;  // absent on the first
  StageFacts after;
  // When it happened; of a correction: when the corrected move did.
  absl::Time effective_time;
  absl::Time record_time;                                // when we learned of it
  std::optional<absl::Duration> time_in_previous_stage;  // not of the first, nor of corrections
  std::string actor;
  std::string owner;   // of the opportunity, at that moment
  std::string reason;  // free text: never published
  std::optional<LossReason> loss_reason;
  std::vector<std::string> overridden_gates;  // "<stage>/<gate>"; empty: not overridden
  std::vector<std::string> met_gates;         // the others that were asked
  std::optional<Correction> correction;       // if it is one
  std::optional<int64_t> superseded_by;       // the version of its correction, where that is known
  std::string request_id;
  std::string traceparent;

  bool operator==(const StageChange&) const = default;
};

}  // namespace crm::opportunity
