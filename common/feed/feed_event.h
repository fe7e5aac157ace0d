#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/event/event_log.h"
#include "common/redis/stream.h"

namespace crm::feed {

// One event of the log, made ready to be sent to any number of subscribers.
struct FeedEvent {
  int64_t sequence = 0;
  int64_t milliseconds = 0;  // since 1970, when it was given its sequence
  std::string tenant;
  std::string type;
  std::string subject;
  std::string to_stage;
  std::string encoded;   // a serialized SubscribeStageEventsResponse with this event alone
  bool damaged = false;  // then all but sequence, time and tenant is empty
};
using FeedEventPointer = std::shared_ptr<const FeedEvent>;

// What a row of the log says.
FeedEventPointer FeedEventOf(const event::LogRow& row);

// What an entry of the stream says; INVALID_ARGUMENT if it is none of ours.
absl::StatusOr<FeedEventPointer> FeedEventOf(const redis::StreamEntry& entry);

}  // namespace crm::feed
