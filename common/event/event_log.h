#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/pg/pool.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::event {

struct EventPage {
  std::vector<crm::event::v1::StageEvent> events;  // ascending, without holes
  int64_t last_sequence = 0;   // newest of the log at the time of the read; 0 if none
  int64_t floor_sequence = 0;  // oldest that is kept; 0 if none
};

// At most `limit` events beyond `after_sequence`; a position below the floor reads from the floor.
// Thread-safe, blocks for one read.
absl::StatusOr<EventPage> ReadEvents(pg::Pool& pool, int64_t after_sequence, int limit,
                                     absl::Time deadline);

}  // namespace crm::event
