#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/event/reconcile.h"
#include "common/pg/connection.h"
#include "common/redis/connection.h"

namespace crm::stage {

// event::Reconcile for the stage events of `service`. The marker is an event of type
// "crm.<service>.stream.reconciled.v1", whose from_stage and to_stage are the first and the last
// orphaned sequence. Errors as there.
absl::StatusOr<event::Reconciliation> Reconcile(pg::Connection& database, redis::Connection& redis,
                                                absl::string_view service, absl::string_view actor,
                                                const base::Clock& clock, base::IdGenerator& ids);

}  // namespace crm::stage
