#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/pg/connection.h"
#include "common/redis/connection.h"

namespace crm::event {

// What a reconciliation did. Sequences first_orphan…last_orphan (none if first > last) are on the
// stream but their moves are no longer in the database.
struct Reconciliation {
  bool diverged = false;  // false: nothing was done
  int64_t epoch = 0;      // the new one
  int64_t first_orphan = 0;
  int64_t last_orphan = 0;
  int64_t marker_sequence = 0;
  int64_t renumbered = 0;  // events of the log, never published, that moved behind the marker
};

// The operator's answer to a diverged stream, after PostgreSQL was restored to an earlier point or
// lost commits. The stream is never rewritten; instead the log takes over what the stream holds
// beyond the last common entry (one id keeps one content, for ever), raises the epoch, and adds a
// marker event, type "crm.<service>.stream.reconciled.v1", whose from_stage and to_stage are the
// first and the last orphaned sequence. Events sequenced since get numbers behind the marker. The
// relays notice by themselves and publish on.
//
// `database` must be of a role that may write event_log freely (the owner). FAILED_PRECONDITION if
// the stream has entries that are no stage events. Blocks; nothing is changed on error.
absl::StatusOr<Reconciliation> Reconcile(pg::Connection& database, redis::Connection& redis,
                                         absl::string_view service, absl::string_view actor,
                                         const base::Clock& clock, base::IdGenerator& ids);

}  // namespace crm::event
