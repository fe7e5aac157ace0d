#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "common/event/event.h"

namespace crm::event {

// The publishing service's own log, for what the Redis stream does not hold.
class EventSource {
 public:
  virtual ~EventSource() = default;

  // At most `limit` events beyond `sequence`, in order, without holes after the first; empty if
  // there are none yet. Called by the consumer's thread; may block for some seconds.
  virtual absl::StatusOr<std::vector<Event>> After(int64_t sequence, int limit) = 0;
};

}  // namespace crm::event
