#include "services/opportunity/domain/stage_story.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::opportunity {
namespace {

absl::Status NoHistory(absl::string_view why, int64_t version) {
  return error::Internal(absl::StrCat("stage change ", version, ": ", why));
}

Place PlaceOf(const StageChange& change) {
  const StageFacts& facts = change.after;
  return {change.version,   facts.pipeline,    facts.stage,           facts.stage_key,
          facts.stage_name, facts.type,        change.effective_time, facts.probability,
          facts.category,   change.loss_reason};
}

void Correct(const StageChange& change, Place& place) {
  const Correction& correction = *change.correction;
  place.version = change.version;
  place.stage = correction.stage;
  place.stage_key = correction.stage_key;
  place.stage_name = correction.stage_name;
  place.type = correction.type;
  place.time = change.effective_time;
  place.probability = correction.probability;
  place.category = correction.category;
}

bool SameStage(const Place& a, const Place& b) {
  return a.stage == b.stage && a.pipeline == b.pipeline;
}

}  // namespace

std::optional<absl::Time> StageStory::close_time() const {
  if (present().type == StageType::kOpen) return std::nullopt;
  return enter_time();
}

absl::StatusOr<StageStory> Replay(absl::Span<const StageChange> changes) {
  StageStory story;
  std::vector<size_t> place_of;  // by version - 1
  for (const StageChange& change : changes) {
    if (change.version != static_cast<int64_t>(place_of.size()) + 1) {
      return NoHistory("not the next version", change.version);
    }
    if (!change.correction) {
      place_of.push_back(story.places.size());
      story.places.push_back(PlaceOf(change));
      continue;
    }
    const int64_t corrected = change.correction->version;
    if (corrected < 1 || corrected >= change.version) {
      return NoHistory("corrects what is not there", change.version);
    }
    const size_t place = place_of[static_cast<size_t>(corrected - 1)];
    if (story.places[place].version != corrected) {
      return NoHistory("corrects what is superseded", change.version);
    }
    Correct(change, story.places[place]);
    place_of.push_back(place);
  }
  if (story.places.empty()) return NoHistory("there is none", 0);
  for (size_t i = 0; i < story.places.size(); ++i) {
    const Place& place = story.places[i];
    if (!story.visits.empty()) {
      if (SameStage(story.present(), place)) continue;
      story.visits.back().leave_time = place.time;
    }
    story.visits.push_back({i, place.time, std::nullopt});
  }
  return story;
}

std::optional<size_t> FirstDisorder(const StageStory& story) {
  for (size_t i = 1; i < story.visits.size(); ++i) {
    if (story.visits[i].enter_time < story.visits[i - 1].enter_time) return story.visits[i].place;
  }
  return std::nullopt;
}

absl::Span<const StageChange> KnownAt(absl::Span<const StageChange> changes, absl::Time time) {
  const auto later = std::find_if(changes.begin(), changes.end(),
                                  [time](const StageChange& it) { return it.record_time > time; });
  return changes.first(static_cast<size_t>(later - changes.begin()));
}

std::vector<StageTime> TimesInStages(const StageStory& story, absl::Time now) {
  std::vector<StageTime> times;
  for (const StageVisit& visit : story.visits) {
    const Place& place = story.places[visit.place];
    auto found = std::find_if(times.begin(), times.end(), [&place](const StageTime& it) {
      return it.stage == place.stage && it.pipeline == place.pipeline;
    });
    if (found == times.end()) {
      found = times.insert(times.end(), StageTime());
      found->pipeline = place.pipeline;
      found->stage = place.stage;
      found->first_enter_time = visit.enter_time;
    }
    found->stage_key = place.stage_key;
    if (!place.stage_name.empty()) found->stage_name = place.stage_name;
    found->type = place.type;
    ++found->visits;
    found->latest_enter_time = visit.enter_time;
    found->latest = visit.leave_time.value_or(std::max(now, visit.enter_time)) - visit.enter_time;
    found->total += found->latest;
    found->running = !visit.leave_time.has_value();
  }
  return times;
}

}  // namespace crm::opportunity
