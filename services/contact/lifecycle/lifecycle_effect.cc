#include "services/contact/lifecycle/lifecycle_effect.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "common/base/status.h"
#include "services/contact/domain/lifecycle_batch.h"
#include "services/contact/lifecycle/neighbour_event.h"
#include "services/contact/store/lifecycle_reads.h"
#include "services/contact/store/lifecycle_store.h"

namespace crm::contact {

namespace {

absl::StatusOr<std::vector<NeighbourMove>> MovesOf(absl::Span<const event::v1::StageEvent> events) {
  std::vector<NeighbourMove> moves;
  moves.reserve(events.size());
  for (const event::v1::StageEvent& event : events) {
    CRM_ASSIGN_OR_RETURN(std::optional<NeighbourMove> move, MoveOf(event.change()));
    if (move.has_value()) moves.push_back(*std::move(move));
  }
  return moves;
}

}  // namespace

absl::Status LifecycleEffect::operator()(pg::Transaction& transaction,
                                         absl::Span<const event::v1::StageEvent> events) const {
  CRM_ASSIGN_OR_RETURN(const std::vector<NeighbourMove> moves, MovesOf(events));
  return Apply(transaction, moves);
}

absl::Status LifecycleEffect::Apply(pg::Transaction& transaction,
                                    absl::Span<const NeighbourMove> moves) const {
  if (moves.empty()) return absl::OkStatus();
  // Whole microseconds, as the rows hold it.
  const absl::Time now = clock_->Now();
  LifecycleBatch batch(now, *ids_);
  CRM_RETURN_IF_ERROR(LoadBatch(transaction, moves, batch));
  for (const NeighbourMove& move : moves) CRM_RETURN_IF_ERROR(batch.Apply(move));
  return SaveBatch(transaction, now, batch);
}

absl::Status LifecycleEffect::Forget(pg::Transaction& transaction,
                                     absl::Span<const event::v1::StageEvent> orphans,
                                     absl::Span<const event::v1::StageEvent> later) const {
  CRM_ASSIGN_OR_RETURN(const std::vector<NeighbourMove> lost, MovesOf(orphans));
  CRM_ASSIGN_OR_RETURN(std::vector<NeighbourMove> after, MovesOf(later));
  absl::flat_hash_map<ThingKey, const NeighbourMove*> newest;
  for (const NeighbourMove& move : after) newest[move.thing] = &move;
  std::vector<NeighbourMove> restored;
  absl::flat_hash_set<ThingKey> seen;
  for (const NeighbourMove& move : lost) {
    if (seen.insert(move.thing).second) restored.push_back(Restored(move));
  }

  const absl::Time now = clock_->Now();
  LifecycleBatch batch(now, *ids_);
  CRM_RETURN_IF_ERROR(LoadBatch(transaction, restored, batch));
  absl::flat_hash_set<ThingKey> again;
  for (const NeighbourMove& move : restored) {
    const auto is = newest.find(move.thing);
    if (is != newest.end() && batch.Shows(*is->second)) continue;
    CRM_RETURN_IF_ERROR(batch.Apply(move));
    again.insert(move.thing);
  }
  CRM_RETURN_IF_ERROR(SaveBatch(transaction, now, batch));
  after.erase(std::remove_if(after.begin(), after.end(),
                             [&](const auto& move) { return !again.contains(move.thing); }),
              after.end());
  return Apply(transaction, after);
}

}  // namespace crm::contact
