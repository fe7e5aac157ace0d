#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "common/pg/pool.h"
#include "common/pg/rows.h"
#include "common/redis/stream.h"

namespace crm::event {

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
  std::vector<LogRow> rows;    // ascending, without holes
  int64_t last_sequence = 0;   // newest of the log at the time of the read; 0 if none
  int64_t floor_sequence = 0;  // oldest that is kept; 0 if none
};

// At most `limit` rows beyond `after_sequence`; a position below the floor reads from the floor.
// Thread-safe, blocks for one read.
absl::StatusOr<LogPage> ReadLog(pg::Pool& pool, int64_t after_sequence, int limit,
                                base::Deadline deadline);

}  // namespace crm::event
