#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/opportunity/domain/milestone.h"
#include "services/opportunity/domain/occasion.h"
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

// A qualified lead on its way to a sale. A plain value, changed by the verbs below and by Edit
// (opportunity_edit.h). Times are whole microseconds, as they are stored.
struct Opportunity {
  std::string tenant;
  base::Uuid id;
  int64_t revision = 0;
  absl::Time create_time;
  absl::Time update_time;

  std::string display_name;
  base::Uuid contact;
  std::optional<base::Uuid> lead;
  std::string owner;
  std::string external_id;  // empty: none
  std::optional<base::Money> amount;
  std::optional<absl::CivilDay> expected_close_date;

  std::string pipeline;
  std::string stage;
  StageType stage_type = StageType::kOpen;
  int64_t stage_version = 0;
  int probability = 0;  // percent
  bool probability_manual = false;
  ForecastCategory category = ForecastCategory::kPipeline;
  bool category_manual = false;
  std::optional<LossReason> loss_reason;  // only when lost
  std::string loss_note;
  absl::Time open_time;                  // effective
  std::optional<absl::Time> close_time;  // effective; absent while open
  absl::Time stage_enter_time;           // effective time of the last move

  std::vector<Need> needs;
  PresentSupplier present_supplier;
  PaymentTerms payment_terms;
  Contract contract;
  std::vector<ContactRole> contact_roles;
  std::vector<std::string> interests;

  std::vector<StageChange> stage_changes;  // the moves since it was loaded, to be appended

  bool operator==(const Opportunity&) const = default;
};

// "opportunities/{uuid}".
inline constexpr absl::string_view kOpportunities = "opportunities";
std::string NameOf(const Opportunity& opportunity);
std::string OpportunityName(const base::Uuid& id);

// The moves. Each either happens whole (stage, probability and forecast category, one StageChange)
// or leaves the opportunity as it was. Errors:
//   FAILED_PRECONDITION REFERENCE_NOT_FOUND    no such stage in the pipeline
//   FAILED_PRECONDITION STATE_INVALID          not from here, or not there by this verb
//   INVALID_ARGUMENT    EFFECTIVE_TIME_INVALID in the future, or before the previous move
//   FAILED_PRECONDITION GATES_UNMET            with one violation for each unmet gate

// Puts a new opportunity, whose own facts are filled in, into the first stage. Absent probability
// and category mean the stage's defaults; others count as set by hand.
absl::Status Open(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  std::optional<int> probability = std::nullopt,
                  std::optional<ForecastCategory> category = std::nullopt);

// OPEN → OPEN. A move forward checks the gates of every stage entered or jumped over, unless
// `override_reason` is given.
absl::Status Move(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                  const Occasion& occasion, absl::string_view reason = "",
                  absl::string_view override_reason = "");

// OPEN → WON, with the final amount if given.
absl::Status Win(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                 const std::optional<base::Money>& amount = std::nullopt,
                 absl::string_view override_reason = "");

// OPEN → LOST. INVALID_ARGUMENT FIELD_INVALID if the reason NeedsNote and has none.
absl::Status Lose(Opportunity& opportunity, const Pipeline& pipeline, const Occasion& occasion,
                  LossReason reason, absl::string_view note = "");

// WON or LOST → a named OPEN stage, without gates. What the closing set is cleared.
absl::Status Reopen(Opportunity& opportunity, const Pipeline& pipeline, absl::string_view stage,
                    const Occasion& occasion, absl::string_view reason);

}  // namespace crm::opportunity
