#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/event/event.h"

namespace crm::event {

// A part of a history.
struct HistoryPage {
  std::vector<Event> moves;  // in the order of their versions; without sequence and entry
  std::string next;          // where the next page begins; empty after the last
};

// What a publishing service keeps for ever of what its events told, for those to whom events are
// lost.
class HistorySource {
 public:
  virtual ~HistorySource() = default;

  // At most `limit` moves from `position` on, which is empty at first. Their payloads say that they
  // were told at `sequence`. Called by the consumer's thread; may block for some seconds.
  virtual absl::StatusOr<HistoryPage> Moves(const std::string& position, int64_t sequence,
                                            int limit) = 0;
};

}  // namespace crm::event
