#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// What a stage move may change, as it was before or is after it.
struct StageFacts {
  std::string stage;
  StageType type = StageType::kOpen;
  std::optional<base::Money> amount;
  int probability = 0;
  ForecastCategory category = ForecastCategory::kPipeline;

  bool operator==(const StageFacts&) const = default;
};

// One move, for the history and the published event.
struct StageChange {
  base::Uuid event_id;
  int64_t version = 0;               // 1, 2, 3… among this opportunity's moves
  std::optional<StageFacts> before;  // absent on the first
  StageFacts after;
  absl::Time effective_time;  // when it happened
  absl::Time record_time;     // when we learned of it
  std::optional<absl::Duration> time_in_previous_stage;
  std::string actor;
  std::string owner;   // of the opportunity, at that moment
  std::string reason;  // free text: never published
  std::optional<LossReason> loss_reason;
  std::vector<std::string> overridden_gates;  // "<stage>/<gate>"; empty: not overridden
  std::string request_id;
  std::string traceparent;

  bool operator==(const StageChange&) const = default;
};

}  // namespace crm::opportunity
