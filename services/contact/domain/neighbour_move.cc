#include "services/contact/domain/neighbour_move.h"

namespace crm::contact {

bool IsRelevant(const NeighbourMove& move, const Engagement& known) {
  if (move.version <= known.version) return false;
  const bool neutral = known.version > 0 && move.previous == move.state;
  return !neutral || move.state != known.state || move.contact != known.contact ||
         move.state == ThingState::kWon || move.successor.has_value();
}

}  // namespace crm::contact
