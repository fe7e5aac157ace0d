#include "services/lead/domain/sale.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"

namespace crm::lead {

std::vector<SaleTurn> TurnsOf(absl::Span<const SaleChange> changes, const report::Viewpoint& view) {
  const bool recorded = view.clock == report::Clock::kRecorded;
  std::vector<SaleTurn> turns;
  absl::flat_hash_map<int64_t, size_t> turn_of;  // by version
  for (const SaleChange& change : changes) {
    if (change.record_time > view.known_at) continue;
    if (!change.corrects) {
      turn_of.emplace(change.version, turns.size());
      turns.push_back({change.state, recorded ? change.record_time : change.effective_time});
      continue;
    }
    const auto corrected = turn_of.find(*change.corrects);
    if (corrected == turn_of.end()) continue;
    const size_t turn = corrected->second;
    turn_of.emplace(change.version, turn);  // a further correction corrects the correction
    if (!recorded) turns[turn].time = change.effective_time;
  }
  const auto later = std::find_if(turns.begin(), turns.end(),
                                  [&view](const SaleTurn& it) { return it.time > view.at; });
  turns.erase(later, turns.end());
  return turns;
}

}  // namespace crm::lead
