#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/event/consumer_inbox.h"
#include "common/event/entry_format.h"
#include "common/event/event.h"
#include "common/event/event_source.h"
#include "common/redis/connection.h"

namespace crm::event {

struct StreamReaderOptions {
  std::string name;    // of the consumer, for the log
  std::string stream;  // the key of the Redis stream
  redis::ConnectionOptions redis;
  int batch_size = 500;
  absl::Duration block = absl::Milliseconds(500);  // of one XREAD
};

// Reads one service's events in order: from its Redis stream, and what that does not hold, be it a
// hole, an aged-out position or a Redis that is away, from the service's own log. With each new
// connection it is looked at whether the last event read is still there: a publisher that was
// restored to an earlier point gives its sequences to other events. One thread.
class StreamReader {
 public:
  struct Page {
    std::vector<Event> events;  // the first follows the position, but for `gone`
    int64_t from_source = 0;    // how many of them are from the log
    int64_t gone = 0;  // events between the position and the first that nobody has any more
  };

  // `source` must outlive the reader.
  StreamReader(StreamReaderOptions options, EntryDecoder decode, EventSource* source);

  // What follows `position`, without events if there is nothing within `block`. UNAVAILABLE if
  // neither the stream nor the log can tell; FAILED_PRECONDITION if the publisher's log is not the
  // one that was read up to `position`.
  absl::StatusOr<Page> Read(const ConsumerInbox::Position& position);

  // The connection to Redis, null if there is none.
  redis::Connection* redis() { return redis_.get(); }
  void Disconnect() { redis_.reset(); }

 private:
  absl::Status OpenRedis();
  absl::Status Confirm(const ConsumerInbox::Position& position);
  absl::StatusOr<bool> IsShown(const ConsumerInbox::Position& position);
  absl::StatusOr<Page> ReadStream(const ConsumerInbox::Position& position);
  absl::StatusOr<bool> IsBehind(const ConsumerInbox::Position& position);
  absl::StatusOr<Page> ReadSource(const ConsumerInbox::Position& position);

  const StreamReaderOptions options_;
  const EntryDecoder decode_;
  EventSource* const source_;
  std::unique_ptr<redis::Connection> redis_;
  bool redis_is_away_ = false;
  bool confirmed_ = false;  // the log is the one that was read
  base::SteadyTime next_confirm_ = base::SteadyTime::InfinitePast();
  base::SteadyTime next_look_ = base::SteadyTime::InfinitePast();
};

}  // namespace crm::event
