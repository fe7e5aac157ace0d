#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/lead_source.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "common/report/viewpoint.h"
#include "services/opportunity/domain/forecast_category.h"
#include "services/opportunity/domain/opportunity_state.h"
#include "services/opportunity/domain/sales_work.h"
#include "services/opportunity/domain/stage_change.h"

// An opportunity as reports see it: what is known of it, and what it was at an instant.
namespace crm::opportunity {

using ReportClock = report::Clock;
using report::Viewpoint;

// The fields that reports go by, named as in Opportunity.
struct DealFacts {
  std::string display_name;
  std::string owner;
  std::string pipeline;
  std::string stage;
  StageType stage_type = StageType::kOpen;
  int64_t stage_version = 0;
  std::optional<base::Money> amount;
  std::optional<absl::CivilDay> expected_close_date;
  int probability = 0;  // percent
  ForecastCategory category = ForecastCategory::kPipeline;
  std::optional<LossReason> loss_reason;
  absl::Time open_time;
  std::optional<absl::Time> close_time;
  absl::Time stage_enter_time;
  NextStep next_step;
  std::map<std::string, std::string> attributes;
  std::optional<absl::Time> delete_time;
  base::LeadSource lead_source = base::LeadSource::kUnspecified;

  bool operator==(const DealFacts&) const = default;
};

// What an opportunity was from one write to the next.
struct DealVersion {
  int64_t revision = 0;
  absl::Time record_time;
  DealFacts facts;
};

// A stage change as reports need it: what it led to. Texts are kept by whoever made it.
struct DealChange {
  int64_t version = 0;
  absl::string_view pipeline;
  absl::string_view stage;
  absl::string_view stage_key;   // across pipelines, as it was then
  absl::string_view stage_name;  // as it was then
  absl::string_view owner;       // empty in changes of before owners were kept
  StageType type = StageType::kOpen;
  absl::Time effective_time;
  absl::Time record_time;
  std::optional<base::Money> amount;
  int probability = 0;  // percent
  ForecastCategory category = ForecastCategory::kPipeline;
  std::optional<LossReason> loss_reason;
  bool overridden = false;
  const Correction* correction = nullptr;    // if it is one
  std::optional<absl::CivilDay> close_date;  // expected; nothing in changes of before it was kept
};

// What reports need of `change`, which must outlive it.
DealChange DealChangeOf(const StageChange& change);

// One opportunity: the versions from an instant on (the first is the one that held then), or the
// present one alone, and its stage changes: all of them, or none where a report needs none.
struct Deal {
  base::Uuid id;
  std::vector<DealVersion> versions;  // never empty, in the order of their revisions
  std::vector<DealChange> changes;    // in the order of their versions
  bool facts_by_changes = false;      // the facts are what the changes tell, all else is not known
};

// A stay in a stage, by the clock of the viewpoint. Texts are those of the changes.
struct Stay {
  absl::string_view pipeline;
  absl::string_view stage;
  absl::string_view stage_key;   // across pipelines, as it was then
  absl::string_view stage_name;  // as it was then
  StageType type = StageType::kOpen;
  absl::Time enter_time;
  std::optional<absl::Time> leave_time;  // absent: it lasts
  // Of the move that began it.
  std::optional<base::Money> amount;
  int probability = 0;
  ForecastCategory category = ForecastCategory::kPipeline;
  absl::string_view owner;  // empty in changes of before owners were kept
  std::optional<LossReason> loss_reason;
  bool overridden = false;

  bool operator==(const Stay&) const = default;
};

// An opportunity from a viewpoint.
struct SeenDeal {
  base::Uuid id;
  // Of stage, times and loss reason: what the clock says. By the recorded clock they are what was
  // answered then.
  DealFacts facts;
  std::vector<Stay> stays;  // oldest first, only the last one lasts; empty if no changes were given
};

// What `deal` was from `view`; nothing if it was not there yet, or deleted. By the effective clock
// a field is in effect from when it was recorded, or from when a later move that built on it took
// effect, if that is earlier: so what an opening or a move said counts from its effective time.
// INTERNAL if the changes are no history (stage_story.h).
absl::StatusOr<std::optional<SeenDeal>> See(const Deal& deal, const Viewpoint& view);

// The stays alone; none if it was not there yet.
absl::StatusOr<std::vector<Stay>> StaysOf(absl::Span<const DealChange> changes,
                                          const Viewpoint& view);

}  // namespace crm::opportunity
