#include "services/lead/domain/report_story.h"

#include <algorithm>
#include <utility>

namespace crm::lead {
namespace {

using report::Clock;
using report::Viewpoint;

bool IsEnd(LeadState state) {
  return state == LeadState::kConverted || state == LeadState::kDisqualified;
}

std::vector<LeadVisit> VisitsOf(const LeadStory& story, const Viewpoint& view) {
  std::vector<LeadVisit> visits;
  for (const LeadMove& move : story.moves) {
    const absl::Time time = view.clock == Clock::kRecorded ? move.record_time : move.effective_time;
    if (move.record_time > view.known_at || time > view.at) break;
    visits.push_back({move.to, time, move.owner});
  }
  return visits;
}

// When a version took effect by itself: with the last of its moves, else when it was recorded.
absl::Time OwnTime(const LeadStory& story, size_t version) {
  const LeadVersion& it = story.versions[version];
  const bool moved = version == 0
                         ? it.revision == 1
                         : it.facts.stage_version > story.versions[version - 1].facts.stage_version;
  const auto move =
      std::find_if(story.moves.begin(), story.moves.end(),
                   [&it](const LeadMove& each) { return each.version == it.facts.stage_version; });
  if (!moved || move == story.moves.end()) return it.record_time;
  return std::min(move->effective_time, it.record_time);
}

// The facts in effect at `at`, among the first `known` versions.
const LeadFacts& InEffect(const LeadStory& story, size_t known, absl::Time at) {
  absl::Time from = absl::InfiniteFuture();
  for (size_t i = known; i-- > 0;) {
    from = std::min(from, OwnTime(story, i));
    if (from <= at) return story.versions[i].facts;
  }
  return story.versions.front().facts;
}

// As the last of the first `known` versions knows it.
std::optional<FirstResponse> ResponseOf(const LeadStory& story, size_t known, const Viewpoint& view,
                                        absl::Time created) {
  size_t first = known - 1;  // the first version of those that have known of one ever since
  if (!story.versions[first].facts.first_response) return std::nullopt;
  while (first > 0 && story.versions[first - 1].facts.first_response) --first;
  const LeadVersion& version = story.versions[first];
  const absl::Time time = view.clock == Clock::kRecorded
                              ? version.record_time
                              : *story.versions[known - 1].facts.first_response;
  if (time > view.at) return std::nullopt;
  return FirstResponse{std::max(time, created), version.facts.owner};
}

}  // namespace

std::optional<SeenLead> See(const LeadStory& story, const Viewpoint& view) {
  size_t known = 0;
  while (known < story.versions.size() && story.versions[known].record_time <= view.known_at) {
    ++known;
  }
  SeenLead seen;
  seen.visits = VisitsOf(story, view);
  if (known == 0 || seen.visits.empty()) return std::nullopt;
  seen.id = story.id;
  // What was recorded by then has happened by then.
  const LeadVersion& last = story.versions[known - 1];
  const bool all = view.clock == Clock::kRecorded || last.record_time <= view.at;
  seen.facts = all ? last.facts : InEffect(story, known, view.at);
  if (seen.facts.delete_time) return std::nullopt;
  seen.facts.state = seen.visits.back().state;
  seen.response = ResponseOf(story, known, view, seen.created());
  if (seen.facts.state == LeadState::kConverted) seen.sale = TurnsOf(story.sale, view);
  return seen;
}

FateOf FateAt(const SeenLead& lead, absl::Time end) {
  const LeadVisit* last = &lead.visits.front();
  for (const LeadVisit& visit : lead.visits) {
    if (visit.enter_time <= end) last = &visit;
  }
  if (last->state == LeadState::kDisqualified) return {LeadFate::kDisqualified, last->enter_time};
  if (last->state != LeadState::kConverted) return {LeadFate::kOpen, last->enter_time};
  FateOf fate{LeadFate::kConverted, last->enter_time};
  for (const SaleTurn& turn : lead.sale) {
    if (turn.time > end) break;
    fate.time = turn.time;
    fate.fate = turn.state == SaleState::kWon    ? LeadFate::kWon
                : turn.state == SaleState::kLost ? LeadFate::kLost
                                                 : LeadFate::kConverted;
  }
  return fate;
}

const std::string& OwnerAtEnd(const SeenLead& lead) {
  return IsEnd(lead.facts.state) ? lead.visits.back().owner : lead.facts.owner;
}

}  // namespace crm::lead
