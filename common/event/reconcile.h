#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/event/outbox.h"
#include "common/pg/connection.h"
#include "common/redis/connection.h"
#include "common/redis/stream.h"

namespace crm::event {

// What a reconciliation did. Sequences first_orphan…last_orphan (none if first > last) are on the
// stream but their events are no longer in the database.
struct Reconciliation {
  bool diverged = false;  // false: nothing was done
  int64_t epoch = 0;      // the new one
  int64_t first_orphan = 0;
  int64_t last_orphan = 0;
  int64_t marker_sequence = 0;
  int64_t renumbered = 0;  // events of the log, never published, that moved behind the marker
};

struct ReconcileOptions {
  std::string stream;  // the key of the Redis stream
  int partition = 0;   // of the log, whose events the stream has
  // What the outbox had for the event of a stream entry; an error if its format is another.
  std::function<absl::StatusOr<EventRecord>(const redis::StreamEntry& entry)> record_of;
  // The event that informs readers of what was done (epoch and orphans are set).
  std::function<EventRecord(const Reconciliation& done, absl::Time now)> marker;
};

// The operator's answer to a diverged stream, after PostgreSQL was restored to an earlier point or
// lost commits. The stream is never rewritten; instead the log takes over what the stream holds
// beyond the last common entry (one id keeps one content, forever), raises the epoch, and adds the
// marker. Events sequenced since get numbers behind the marker. The relays notice by themselves and
// publish on.
//
// `database` must be of a role that may write event_log freely (the owner). FAILED_PRECONDITION if
// the stream has entries of another format. Blocks; nothing is changed on error.
absl::StatusOr<Reconciliation> Reconcile(pg::Connection& database, redis::Connection& redis,
                                         const ReconcileOptions& options, const base::Clock& clock);

}  // namespace crm::event
