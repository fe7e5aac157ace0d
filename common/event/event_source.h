#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/event/event.h"

namespace crm::event {

// A part of a log.
struct SourcePage {
  std::vector<Event> events;  // in order, without holes after the first
  int64_t last = 0;           // the youngest sequence of the log; 0 if it never had one
  int64_t floor = 0;          // the oldest sequence that the log still has; 0 if it is empty
};

// The publishing service's own log, for what the Redis stream does not hold.
class EventSource {
 public:
  virtual ~EventSource() = default;

  // At most `limit` events beyond `sequence`; none if there are none yet. Called by the consumer's
  // thread; may block for some seconds.
  virtual absl::StatusOr<SourcePage> After(int64_t sequence, int limit) = 0;
};

}  // namespace crm::event
