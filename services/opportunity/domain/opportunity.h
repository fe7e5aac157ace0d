#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "services/opportunity/domain/milestone.h"
#include "services/opportunity/domain/pipeline.h"

namespace crm::opportunity {

// What a stage move looks at and leaves behind, before or after it.
struct StageFacts {
  std::string stage;
  StageType type = StageType::kOpen;
  std::optional<base::Money> amount;
  int probability = 0;
  ForecastCategory category = ForecastCategory::kPipeline;

  bool operator==(const StageFacts&) const = default;
};

// One move, to be kept in the history for ever and published.
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

// A qualified lead on its way to a sale. A plain value; its rules are in transition.h and edit.h.
// Times have whole microseconds, so that a stored one reads back the same.
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

  // Collected since loading, to be written along.
  std::vector<StageChange> stage_changes;
  // Whether an edit changed it since loading. A move alone writes fewer columns.
  bool edited = false;

  bool operator==(const Opportunity&) const = default;
};

// "opportunities/{uuid}".
std::string NameOf(const Opportunity& opportunity);
std::string OpportunityName(const base::Uuid& id);

}  // namespace crm::opportunity
