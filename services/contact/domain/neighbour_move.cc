#include "services/contact/domain/neighbour_move.h"

namespace crm::contact {

bool IsRelevant(const NeighbourMove& move, const Engagement& known) {
  if (move.restores) {
    const bool announced = known.version == 0 && known.state == ThingState::kLive;
    return known.version > move.version || (move.version == 0 && announced);
  }
  if (move.version <= known.version) return false;
  const bool neutral = known.version > 0 && move.previous == move.state;
  return !neutral || move.state != known.state || move.contact != known.contact ||
         move.state == ThingState::kWon || move.successor.has_value();
}

NeighbourMove Restored(const NeighbourMove& lost) {
  NeighbourMove move = lost;
  move.restores = true;
  move.version = lost.version - 1;
  move.previous = lost.state;
  move.state = lost.previous.value_or(ThingState::kEnded);
  move.successor.reset();
  move.amount = lost.amount_before;
  move.effective_time = lost.previous_effective_time;
  return move;
}

}  // namespace crm::contact
