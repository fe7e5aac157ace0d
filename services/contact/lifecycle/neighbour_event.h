#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "crm/event/v1/stage_event.pb.h"
#include "services/contact/domain/neighbour_move.h"

namespace crm::contact {

// What a stage event of the lead or opportunity service says to contacts; nothing if it is of
// another type. INVALID_ARGUMENT if it lacks what every such event has: names, version, a known
// stage.
absl::StatusOr<std::optional<NeighbourMove>> MoveOf(const event::v1::StageChanged& event);

}  // namespace crm::contact
