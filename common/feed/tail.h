#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/feed/feed_event.h"
#include "common/pg/pool.h"
#include "common/redis/connection.h"
#include "common/redis/stream.h"

namespace crm::feed {

struct TailOptions {
  std::string stream;  // the key of the Redis stream
  int partition = 0;   // of the log, whose events the stream has
  redis::ConnectionOptions redis;
  int page = 500;                                  // events of one read
  absl::Duration block = absl::Milliseconds(250);  // of one XREAD
  // How often the log is asked for what the stream does not show.
  absl::Duration look_interval = absl::Seconds(1);
  // How long Redis is left alone after it could not be asked.
  absl::Duration redis_pause = absl::Seconds(1);
};

// The end of a partition of a log as it grows: by its Redis stream, and by the log itself where the
// stream has a hole, does not grow or cannot be read. One thread.
class Tail {
 public:
  // The pool must outlive this.
  Tail(TailOptions options, pg::Pool& pool);

  // Goes to the end of the log as it is now and returns its last sequence. Errors of the database.
  absl::StatusOr<int64_t> GoToEnd();

  // The events that follow what was returned last, in order; none if none comes within `block`. A
  // gap among them is one of the log. Errors of the database, while Redis has nothing either.
  absl::StatusOr<std::vector<FeedEventPointer>> Read();

  // The entry of the newest event of the log as last seen.
  const redis::StreamId& last() const { return last_; }
  // How many events came from the log.
  int64_t from_log() const { return from_log_; }

  void Disconnect() { redis_.reset(); }

 private:
  // What the stream shows; `*misses` if it shows something else than what follows.
  absl::StatusOr<std::vector<FeedEventPointer>> ReadStream(bool* misses);
  absl::StatusOr<std::vector<FeedEventPointer>> ReadLog();
  bool RedisAnswers(const absl::Status& status);

  const TailOptions options_;
  pg::Pool& pool_;
  std::unique_ptr<redis::Connection> redis_;
  bool redis_is_away_ = false;
  base::SteadyTime next_redis_ = base::SteadyTime::InfinitePast();
  base::SteadyTime next_look_ = base::SteadyTime::InfinitePast();
  redis::StreamId position_;
  redis::StreamId last_;
  int64_t from_log_ = 0;
};

}  // namespace crm::feed
