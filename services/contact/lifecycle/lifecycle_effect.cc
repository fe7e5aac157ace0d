#include "services/contact/lifecycle/lifecycle_effect.h"

#include <optional>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "services/contact/domain/lifecycle_batch.h"
#include "services/contact/lifecycle/neighbour_event.h"
#include "services/contact/store/lifecycle_store.h"

namespace crm::contact {

absl::Status LifecycleEffect::operator()(pg::Transaction& transaction,
                                         absl::Span<const event::v1::StageEvent> events) const {
  std::vector<NeighbourMove> moves;
  moves.reserve(events.size());
  for (const event::v1::StageEvent& event : events) {
    CRM_ASSIGN_OR_RETURN(std::optional<NeighbourMove> move, MoveOf(event.change()));
    if (move.has_value()) moves.push_back(*std::move(move));
  }
  if (moves.empty()) return absl::OkStatus();
  // Whole microseconds, as the rows hold it.
  const absl::Time now = clock_->Now();
  LifecycleBatch batch(now, *ids_);
  CRM_RETURN_IF_ERROR(LoadBatch(transaction, moves, batch));
  for (const NeighbourMove& move : moves) CRM_RETURN_IF_ERROR(batch.Apply(move));
  return SaveBatch(transaction, now, batch);
}

}  // namespace crm::contact
