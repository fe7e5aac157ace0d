#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "common/pg/connection.h"
#include "common/pg/pool.h"
#include "common/pg/rows.h"
#include "common/pg/tenants.h"
#include "common/redis/stream.h"

namespace crm::event {

// A log has one partition or more, each with sequences of its own (set_partitions in
// migrations/0007_partitions.sql).
inline constexpr int kMostPartitions = 64;

// One row of event_log.
struct LogRow {
  int64_t sequence = 0;
  int64_t milliseconds = 0;  // since 1970, by the database's clock; never less than the row before
  int64_t epoch = 0;
  base::Uuid event_id;
  std::string payload;  // as the outbox got it
  std::string tenant;   // filled by ReadLog alone

  redis::StreamId entry_id() const { return {milliseconds, sequence}; }
};

// Reads the columns seq, ms, epoch, event_id, payload beginning at `column`. DATA_LOSS if one
// cannot be read.
absl::StatusOr<LogRow> LogRowOf(const pg::Row& row, int column = 0);

struct LogPage {
  std::vector<LogRow> rows;       // as asked for
  int64_t last_sequence = 0;      // newest of the log at the time of the read; 0 if none
  int64_t last_milliseconds = 0;  // when that was given it, since 1970; 0 if none
  int64_t floor_sequence = 0;     // oldest that is kept; 0 if none

  redis::StreamId last() const { return {last_milliseconds, last_sequence}; }
};

// A stretch of a partition of the log, read from one end. A position below the floor reads from the
// floor.
struct LogQuery {
  int partition = 0;
  int64_t after = 0;           // rows beyond this
  int64_t before = INT64_MAX;  // and below this
  bool newest_first = false;
  std::optional<base::Uuid> aggregate = std::nullopt;  // of this thing alone
  int limit = 0;
};

// At most `limit` rows, from the end that is asked for, without holes unless it is those of a
// thing. `tenants` are those whose rows are there. A partition that there is not is empty.
// Thread-safe, blocks for one read.
absl::StatusOr<LogPage> ReadLog(pg::Pool& pool, const pg::Tenants& tenants, const LogQuery& query,
                                base::Deadline deadline);

// The last sequence that was given before `time`, in whole milliseconds: events behind it were
// given theirs then or later. By halving, some twenty reads.
absl::StatusOr<int64_t> SequenceBefore(pg::Pool& pool, int partition, absl::Time time,
                                       base::Deadline deadline);

// How many partitions the log has.
absl::StatusOr<int> CountPartitions(pg::Connection& connection, base::Deadline deadline);

// The last sequence of each partition, from 0 on.
absl::StatusOr<std::vector<int64_t>> LastSequences(pg::Pool& pool, base::Deadline deadline);

// The partition with the events of a thing; of several, after there came to be more, the one with
// its newest. nullopt if it has none.
absl::StatusOr<std::optional<int>> PartitionOf(pg::Pool& pool, const pg::Tenants& tenants,
                                               const base::Uuid& aggregate,
                                               base::Deadline deadline);

}  // namespace crm::event
