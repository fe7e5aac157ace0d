#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "crm/event/v1/stage_event.pb.h"

namespace crm::event {

// The publishing service's own log (ListStageEvents), for what the Redis stream does not hold.
class StageEventSource {
 public:
  virtual ~StageEventSource() = default;

  // At most `limit` events beyond `sequence`, in order, without holes after the first; empty if
  // there are none yet. Called by the consumer's thread; may block for some seconds.
  virtual absl::StatusOr<std::vector<crm::event::v1::StageEvent>> After(int64_t sequence,
                                                                        int limit) = 0;
};

}  // namespace crm::event
