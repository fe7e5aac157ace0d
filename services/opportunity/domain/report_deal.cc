#include "services/opportunity/domain/report_deal.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "common/base/status.h"
#include "services/opportunity/domain/stage_story.h"

namespace crm::opportunity {
namespace {

Stay StayOf(const DealChange& change, absl::Time enter_time) {
  return {change.pipeline,    change.stage,    change.stage_key, change.stage_name,
          change.type,        enter_time,      std::nullopt,     change.amount,
          change.probability, change.category, change.owner,     change.loss_reason,
          change.overridden};
}

// Those that were recorded by `time`.
absl::Span<const DealChange> Known(absl::Span<const DealChange> changes, absl::Time time) {
  const auto later =
      absl::c_find_if(changes, [time](const DealChange& it) { return it.record_time > time; });
  return changes.first(static_cast<size_t>(later - changes.begin()));
}

// Whether they are moves alone, each there: a story that needs no Replay.
bool ArePlain(absl::Span<const DealChange> changes) {
  int64_t version = 0;
  return absl::c_all_of(changes, [&version](const DealChange& it) {
    return it.correction == nullptr && it.version == ++version;
  });
}

// The stays that begin with each of `changes`, at the times that `time_of` says; a change within a
// stage begins none.
template <class TimeOf>
std::vector<Stay> StaysBy(absl::Span<const DealChange> changes, const TimeOf& time_of) {
  std::vector<Stay> stays;
  stays.reserve(changes.size());
  for (const DealChange& change : changes) {
    if (!stays.empty()) {
      Stay& last = stays.back();
      if (last.stage == change.stage && last.pipeline == change.pipeline) continue;
      last.leave_time = time_of(change);
    }
    stays.push_back(StayOf(change, time_of(change)));
  }
  return stays;
}

// What was so at `at`, of stays in order.
void EndAt(absl::Time at, std::vector<Stay>& stays) {
  const auto later =
      absl::c_find_if(stays, [at](const Stay& stay) { return stay.enter_time > at; });
  stays.erase(later, stays.end());
  if (!stays.empty() && stays.back().leave_time && *stays.back().leave_time > at) {
    stays.back().leave_time.reset();
  }
}

// For Replay, which knows what corrections do.
absl::StatusOr<StageStory> StoryOf(absl::Span<const DealChange> changes) {
  std::vector<StageChange> whole;
  whole.reserve(changes.size());
  for (const DealChange& it : changes) {
    StageChange& change = whole.emplace_back();
    change.version = it.version;
    change.after = {std::string(it.pipeline),
                    std::string(it.stage),
                    std::string(it.stage_key),
                    std::string(it.stage_name),
                    it.type,
                    it.amount,
                    it.probability,
                    it.category,
                    std::nullopt};
    change.effective_time = it.effective_time;
    change.record_time = it.record_time;
    change.loss_reason = it.loss_reason;
    if (it.correction != nullptr) change.correction = *it.correction;
  }
  return Replay(whole);
}

std::vector<const DealChange*> MovesIn(absl::Span<const DealChange> changes) {
  std::vector<const DealChange*> moves;
  for (const DealChange& change : changes) {
    if (change.correction == nullptr) moves.push_back(&change);
  }
  return moves;
}

// What of a place was corrected: texts of the corrections among `known`, not of the story.
void Correct(absl::Span<const DealChange> known, const Place& place, Stay& stay) {
  stay.type = place.type;
  stay.probability = place.probability;
  stay.category = place.category;
  const DealChange& holds = known[static_cast<size_t>(place.version - 1)];
  if (holds.correction == nullptr) return;
  stay.stage = holds.correction->stage;
  stay.stage_key = holds.correction->stage_key;
  stay.stage_name = holds.correction->stage_name;
}

absl::StatusOr<std::vector<Stay>> CorrectedStays(absl::Span<const DealChange> known,
                                                 absl::Time at) {
  CRM_ASSIGN_OR_RETURN(const StageStory story, StoryOf(known));
  const std::vector<const DealChange*> moves = MovesIn(known);
  std::vector<Stay> stays;
  for (const StageVisit& visit : story.visits) {
    if (visit.enter_time > at) break;
    Stay& stay = stays.emplace_back(StayOf(*moves[visit.place], visit.enter_time));
    Correct(known, story.places[visit.place], stay);
    if (visit.leave_time && *visit.leave_time <= at) stay.leave_time = visit.leave_time;
  }
  return stays;
}

// When moves happened, as known by corrections too.
absl::StatusOr<std::vector<absl::Time>> TimesOfMoves(absl::Span<const DealChange> known) {
  std::vector<absl::Time> times;
  if (ArePlain(known) && !known.empty()) {
    for (const DealChange& change : known) times.push_back(change.effective_time);
  } else {
    CRM_ASSIGN_OR_RETURN(const StageStory story, StoryOf(known));
    for (const Place& place : story.places) times.push_back(place.time);
  }
  return times;
}

// When a version took effect by itself: with the last of its moves, else when it was recorded.
absl::Time OwnTime(const Deal& deal, size_t version, absl::Span<const absl::Time> moves) {
  const DealVersion& it = deal.versions[version];
  if (it.revision == 1) return moves.front();
  if (version == 0) return it.record_time;
  size_t place = 0;
  for (const DealChange& change : deal.changes) {
    if (change.correction != nullptr) continue;
    if (change.version > it.facts.stage_version || place >= moves.size()) break;
    ++place;
    // A correction may say that it happened later than it was recorded; it was in effect all the
    // same, and so it is said where versions are told from an instant in between.
    if (change.version == it.facts.stage_version) return std::min(moves[place - 1], it.record_time);
  }
  return it.record_time;
}

// The facts in effect at `at`, among the first `known` versions.
const DealFacts& InEffect(const Deal& deal, size_t known, absl::Span<const absl::Time> moves,
                          absl::Time at) {
  absl::Time from = absl::InfiniteFuture();
  for (size_t i = known; i-- > 0;) {
    const bool moved =
        i == 0 || deal.versions[i].facts.stage_version > deal.versions[i - 1].facts.stage_version;
    from = std::min(from, moved ? OwnTime(deal, i, moves) : deal.versions[i].record_time);
    if (from <= at) return deal.versions[i].facts;
  }
  return deal.versions.front().facts;
}

void SetStay(const std::vector<Stay>& stays, DealFacts& facts) {
  const Stay& last = stays.back();
  if (facts.stage != last.stage || facts.pipeline != last.pipeline) {
    facts.probability = last.probability;
    facts.category = last.category;
  }
  facts.pipeline = std::string(last.pipeline);
  facts.stage = std::string(last.stage);
  facts.stage_type = last.type;
  facts.loss_reason = last.loss_reason;
  facts.open_time = stays.front().enter_time;
  facts.stage_enter_time = last.enter_time;
  facts.close_time.reset();
  if (last.type != StageType::kOpen) facts.close_time = last.enter_time;
}

}  // namespace

DealChange DealChangeOf(const StageChange& change) {
  const StageFacts& facts = change.after;
  return {change.version,
          facts.pipeline,
          facts.stage,
          facts.stage_key,
          facts.stage_name,
          change.owner,
          facts.type,
          change.effective_time,
          change.record_time,
          facts.amount,
          facts.probability,
          facts.category,
          change.loss_reason,
          !change.overridden_gates.empty(),
          change.correction ? &*change.correction : nullptr,
          facts.close_date};
}

absl::StatusOr<std::vector<Stay>> StaysOf(absl::Span<const DealChange> changes,
                                          const Viewpoint& view) {
  const absl::Span<const DealChange> known = Known(changes, view.known_at);
  // What was known, in the order in which it became known: a correction that changes the present
  // stage begins a stay when it is recorded.
  if (view.clock == ReportClock::kRecorded) {
    return StaysBy(known, [](const DealChange& it) { return it.record_time; });
  }
  if (known.empty()) return std::vector<Stay>();
  if (!ArePlain(known)) return CorrectedStays(known, view.at);
  std::vector<Stay> stays = StaysBy(known, [](const DealChange& it) { return it.effective_time; });
  EndAt(view.at, stays);
  return stays;
}

absl::StatusOr<std::optional<SeenDeal>> See(const Deal& deal, const Viewpoint& view) {
  size_t known = 0;
  while (known < deal.versions.size() && deal.versions[known].record_time <= view.known_at) ++known;
  if (known == 0) return std::nullopt;
  SeenDeal seen;
  seen.id = deal.id;
  if (!deal.changes.empty()) {
    CRM_ASSIGN_OR_RETURN(seen.stays, StaysOf(deal.changes, view));
    if (seen.stays.empty()) return std::nullopt;
  }
  const DealVersion& last = deal.versions[known - 1];
  // What was recorded by then has happened by then.
  if (view.clock == ReportClock::kRecorded || last.record_time <= view.at) {
    seen.facts = last.facts;
    if (deal.facts_by_changes) SetStay(seen.stays, seen.facts);
  } else {
    CRM_ASSIGN_OR_RETURN(const std::vector<absl::Time> moves,
                         TimesOfMoves(Known(deal.changes, view.known_at)));
    seen.facts = InEffect(deal, known, moves, view.at);
    SetStay(seen.stays, seen.facts);
  }
  if (seen.facts.delete_time) return std::nullopt;
  return seen;
}

}  // namespace crm::opportunity
