#include "services/opportunity/domain/report_deal.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "services/opportunity/domain/stage_story.h"

namespace crm::opportunity {
namespace {

Stay StayOf(const StageChange& change, absl::Time enter_time) {
  const StageFacts& facts = change.after;
  return {facts.pipeline,
          facts.stage,
          facts.stage_key,
          facts.stage_name,
          facts.type,
          enter_time,
          std::nullopt,
          facts.amount,
          facts.probability,
          facts.category,
          change.owner,
          change.loss_reason,
          !change.overridden_gates.empty()};
}

// What was known, in the order in which it became known: a correction that changes the present
// stage begins a stay when it is recorded.
std::vector<Stay> RecordedStays(absl::Span<const StageChange> known) {
  std::vector<Stay> stays;
  for (const StageChange& change : known) {
    if (!stays.empty()) {
      const Stay& last = stays.back();
      if (last.stage == change.after.stage && last.pipeline == change.after.pipeline) continue;
      stays.back().leave_time = change.record_time;
    }
    stays.push_back(StayOf(change, change.record_time));
  }
  return stays;
}

std::vector<const StageChange*> MovesIn(absl::Span<const StageChange> changes) {
  std::vector<const StageChange*> moves;
  for (const StageChange& change : changes) {
    if (!change.correction) moves.push_back(&change);
  }
  return moves;
}

std::vector<Stay> EffectiveStays(absl::Span<const StageChange> known, const StageStory& story,
                                 absl::Time at) {
  const std::vector<const StageChange*> moves = MovesIn(known);
  std::vector<Stay> stays;
  for (const StageVisit& visit : story.visits) {
    if (visit.enter_time > at) break;
    const Place& place = story.places[visit.place];
    Stay& stay = stays.emplace_back(StayOf(*moves[visit.place], visit.enter_time));
    stay.stage = place.stage;
    stay.stage_key = place.stage_key;
    stay.stage_name = place.stage_name;
    stay.type = place.type;
    stay.probability = place.probability;
    stay.category = place.category;
    if (visit.leave_time && *visit.leave_time <= at) stay.leave_time = visit.leave_time;
  }
  return stays;
}

// When a version took effect by itself: with the last of its moves, else when it was recorded.
absl::Time OwnTime(const Deal& deal, size_t version, const StageStory& story) {
  const DealVersion& it = deal.versions[version];
  if (it.revision == 1) return story.open_time();
  if (version == 0) return it.record_time;
  size_t place = 0;
  for (const StageChange& change : deal.changes) {
    if (change.correction) continue;
    if (change.version > it.facts.stage_version || place >= story.places.size()) break;
    ++place;
    if (change.version == it.facts.stage_version) return story.places[place - 1].time;
  }
  return it.record_time;
}

// The facts in effect at `view.at`, among the first `known` versions.
const DealFacts& InEffect(const Deal& deal, size_t known, const StageStory& story, absl::Time at) {
  absl::Time from = absl::InfiniteFuture();
  for (size_t i = known; i-- > 0;) {
    const bool moved =
        i == 0 || deal.versions[i].facts.stage_version > deal.versions[i - 1].facts.stage_version;
    from = std::min(from, moved ? OwnTime(deal, i, story) : deal.versions[i].record_time);
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
  facts.pipeline = last.pipeline;
  facts.stage = last.stage;
  facts.stage_type = last.type;
  facts.loss_reason = last.loss_reason;
  facts.open_time = stays.front().enter_time;
  facts.stage_enter_time = last.enter_time;
  facts.close_time.reset();
  if (last.type != StageType::kOpen) facts.close_time = last.enter_time;
}

}  // namespace

absl::StatusOr<std::vector<Stay>> StaysOf(absl::Span<const StageChange> changes,
                                          const Viewpoint& view) {
  const absl::Span<const StageChange> known = KnownAt(changes, view.known_at);
  if (known.empty()) return std::vector<Stay>();
  if (view.clock == ReportClock::kRecorded) return RecordedStays(known);
  CRM_ASSIGN_OR_RETURN(const StageStory story, Replay(known));
  return EffectiveStays(known, story, view.at);
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
  } else {
    const absl::Span<const StageChange> changes = KnownAt(deal.changes, view.known_at);
    CRM_ASSIGN_OR_RETURN(const StageStory story, Replay(changes));
    seen.facts = InEffect(deal, known, story, view.at);
    SetStay(seen.stays, seen.facts);
  }
  if (seen.facts.delete_time) return std::nullopt;
  return seen;
}

}  // namespace crm::opportunity
