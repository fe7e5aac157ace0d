#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/opportunity/domain/stage_change.h"

// What a history of stage changes says once corrections stand in place of what they correct.
namespace crm::opportunity {

// One move as it is known now.
struct Place {
  int64_t version = 0;  // of the change that holds for it: its own, or of its latest correction
  std::string pipeline;
  std::string stage;
  std::string stage_key;
  std::string stage_name;
  StageType type = StageType::kOpen;
  absl::Time time;  // effective
  int probability = 0;
  ForecastCategory category = ForecastCategory::kPipeline;
  std::optional<LossReason> loss_reason;

  bool operator==(const Place&) const = default;
};

// A stay in a stage, from entering it to leaving it. A move that, corrected, leads to the stage it
// comes from begins none.
struct StageVisit {
  size_t place = 0;  // index of the move that began it
  absl::Time enter_time;
  std::optional<absl::Time> leave_time;  // absent: it lasts

  bool operator==(const StageVisit&) const = default;
};

// All of it, oldest first; there is always a move and a visit, and only the last visit lasts.
struct StageStory {
  std::vector<Place> places;
  std::vector<StageVisit> visits;

  const Place& present() const { return places[visits.back().place]; }
  absl::Time open_time() const { return places.front().time; }
  absl::Time enter_time() const { return visits.back().enter_time; }
  std::optional<absl::Time> close_time() const;

  bool operator==(const StageStory&) const = default;
};

// The story that `changes` tell: the first ones of a history, or all, in order of their versions.
// INTERNAL if they are none: nothing, a version missing, a correction of what is not there or of
// what is superseded already. Times are not compared.
absl::StatusOr<StageStory> Replay(absl::Span<const StageChange> changes);

// The index of the move that leaves its visit before it enters it; nothing if times are in order.
std::optional<size_t> FirstDisorder(const StageStory& story);

// Those of a history that were recorded by `time`: with them a report says what it said then.
absl::Span<const StageChange> KnownAt(absl::Span<const StageChange> changes, absl::Time time);

// The time that was spent in one stage.
struct StageTime {
  std::string pipeline;
  std::string stage;
  std::string stage_key;
  std::string stage_name;  // as last known
  StageType type = StageType::kOpen;
  int visits = 0;
  absl::Time first_enter_time;
  absl::Time latest_enter_time;
  absl::Duration latest;  // of the latest visit: of the one that lasts, up to now
  absl::Duration total;   // of all visits
  bool running = false;   // it is the present stage
};

// Of every stage, in the order in which they were first entered. The totals add up to the time
// from opening to `now`, which counts as no earlier than the last move.
std::vector<StageTime> TimesInStages(const StageStory& story, absl::Time now);

}  // namespace crm::opportunity
