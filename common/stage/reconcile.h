#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/event/reconcile.h"
#include "common/pg/connection.h"
#include "common/redis/connection.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::stage {

// event::Reconcile for a partition of the stage events of `service`. The marker is an event of type
// "crm.<service>.stream.reconciled.v1", whose from_stage and to_stage are the first and the last
// orphaned sequence. Errors as there.
absl::StatusOr<event::Reconciliation> Reconcile(pg::Connection& database, redis::Connection& redis,
                                                absl::string_view service, int partition,
                                                absl::string_view actor, const base::Clock& clock,
                                                base::IdGenerator& ids);

// The sequences that a marker names, in a service's log; nothing if the event is no marker or names
// none.
struct OrphanRange {
  int64_t first = 0;
  int64_t last = 0;
};
std::optional<OrphanRange> OrphansNamedBy(const crm::event::v1::StageChanged& change);

}  // namespace crm::stage
