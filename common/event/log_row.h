#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/pg/rows.h"
#include "common/redis/stream.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::event {

// One row of event_log.
struct LogRow {
  int64_t sequence = 0;
  int64_t milliseconds = 0;
  int64_t epoch = 0;
  std::string payload;  // a serialized StageChanged

  redis::StreamId entry_id() const { return {milliseconds, sequence}; }
};

// The row of event_stream.
struct LogState {
  int64_t epoch = 1;
  int64_t last_sequence = 0;
  int64_t last_milliseconds = 0;
  int64_t floor_sequence = 1;  // the oldest that is kept
};

// Reads columns seq, ms, epoch, payload beginning at `column`.
LogRow LogRowOf(const pg::Row& row, int column = 0);

// INTERNAL if the payload is damaged.
absl::StatusOr<crm::event::v1::StageEvent> EventOfRow(const LogRow& row);

}  // namespace crm::event
