#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/event/emptied_outbox.h"
#include "common/event/event_log.h"
#include "common/pg/connection.h"

namespace crm::event {

// The row of event_stream.
struct LogState {
  int64_t epoch = 1;
  int64_t last_sequence = 0;
  int64_t last_milliseconds = 0;
  int64_t floor_sequence = 1;  // the oldest that is kept
};

// Its columns epoch, last_seq, last_ms, floor_seq. INTERNAL if there is no row.
absl::StatusOr<LogState> LogStateOf(const pg::Rows& rows);

// Gives committed outbox rows their place in the log. Several sequencers may run at once, in any
// processes: the lock on the stream's row makes them take turns. One thread at a time; every method
// is one or two round trips; errors are those of the connection.
class Sequencer {
 public:
  // Of this partition of the log. `connection` must outlive the sequencer and have been set up by
  // PrepareSession.
  Sequencer(pg::Connection* connection, int partition)
      : connection_(connection), partition_(partition) {}

  // Session settings on which the log relies: durable commits, and bounded waits, so that a paused
  // process cannot hold the stream's row for long.
  static absl::Status PrepareSession(pg::Connection& connection);

  // Bounds every call from now on; before, the options of the connection do alone.
  void set_deadline(base::Deadline deadline) { deadline_ = deadline; }

  struct Waiting {
    std::optional<int64_t> oldest_id;  // the outbox's lowest, if it holds any
    int64_t last_sequence = 0;         // of the log
  };
  absl::StatusOr<Waiting> Look();

  // Moves at most `limit` visible outbox rows into the log, in the order of their ids, and returns
  // them once that is durable. Empty if there were none.
  absl::StatusOr<std::vector<LogRow>> Sequence(int limit);

  absl::StatusOr<LogState> State();

  // At most `limit` rows beyond `sequence`, in order.
  absl::StatusOr<std::vector<LogRow>> ReadAfter(int64_t sequence, int limit);
  absl::StatusOr<std::optional<LogRow>> ReadOne(int64_t sequence);

  struct Backlog {
    int64_t rows = 0;  // counted up to 100,000
    std::optional<absl::Time> oldest;
  };
  absl::StatusOr<Backlog> MeasureBacklog();

  // Makes tables for the sequences up to `sequence`; returns the first one without.
  absl::StatusOr<int64_t> ExtendLog(int64_t sequence);

  // Notes how far the stream is `published`, and drops the tables of the log that hold nothing but
  // what all streams have and what is older than `horizon`; returns the new floor.
  absl::StatusOr<int64_t> DropOldLog(int64_t published, absl::Time horizon);

 private:
  absl::StatusOr<pg::Rows> Query(const pg::Statement& statement, const pg::Params& params);
  absl::Status NoteMoved(const pg::Rows& rows);

  pg::Connection* const connection_;
  const int partition_;
  EmptiedOutbox emptied_;
  base::Deadline deadline_ = base::Deadline::None();
};

}  // namespace crm::event
