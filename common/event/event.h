#pragma once

#include <cstdint>
#include <string>

#include "common/redis/stream.h"

namespace crm::event {

// One event as a consumer handles it.
struct Event {
  int64_t sequence = 0;    // its place in the publisher's log: 1, 2, 3… without holes
  redis::StreamId entry;   // its id on the stream
  std::string id;          // one id, one content, forever
  std::string payload;     // in the encoding that the consumer's EntryDecoder and EventSource share
  std::string trace = {};  // W3C trace context of what made it, if that is recorded and known
};

}  // namespace crm::event
