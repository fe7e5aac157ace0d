#include "common/feed/tail.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/event/event_log.h"
#include "common/log/log.h"

namespace crm::feed {
namespace {

constexpr absl::Duration kLogPatience = absl::Seconds(5);

}  // namespace

Tail::Tail(TailOptions options, pg::Pool& pool) : options_(std::move(options)), pool_(pool) {}

absl::StatusOr<int64_t> Tail::GoToEnd() {
  CRM_ASSIGN_OR_RETURN(
      const event::LogPage page,
      event::ReadLog(pool_, pg::Tenants::All(),
                     {.partition = options_.partition, .newest_first = true, .limit = 1},
                     base::Deadline::After(kLogPatience)));
  position_ = page.rows.empty() ? redis::StreamId{0, page.last_sequence} : page.rows[0].entry_id();
  last_ = page.last();
  next_look_ = base::SteadyNow() + options_.look_interval;
  return position_.seq;
}

absl::StatusOr<std::vector<FeedEventPointer>> Tail::Read() {
  bool misses = false;
  std::vector<FeedEventPointer> events;
  if (base::SteadyNow() >= next_redis_) {
    absl::StatusOr<std::vector<FeedEventPointer>> shown = ReadStream(&misses);
    if (!RedisAnswers(shown.status())) {
      misses = true;
    } else {
      events = *std::move(shown);
    }
  } else {
    misses = true;
  }
  if (events.empty() && (misses || base::SteadyNow() >= next_look_)) {
    CRM_ASSIGN_OR_RETURN(events, ReadLog());
  }
  return events;
}

bool Tail::RedisAnswers(const absl::Status& status) {
  if (!status.ok()) {
    redis_.reset();
    next_redis_ = base::SteadyNow() + options_.redis_pause;
    if (!redis_is_away_) {
      log::Warning("subscribers are fed from the log, since the stream cannot be read",
                   {{"stream", options_.stream}, {"error", status.message()}});
    }
  }
  redis_is_away_ = !status.ok();
  return status.ok();
}

absl::StatusOr<std::vector<FeedEventPointer>> Tail::ReadStream(bool* misses) {
  if (redis_ == nullptr || redis_->dead()) {
    CRM_ASSIGN_OR_RETURN(redis_,
                         redis::Connection::Open(redis::ForKey(options_.redis, options_.stream)));
  }
  CRM_RETURN_IF_ERROR(redis_->ConfirmPrimary());
  CRM_ASSIGN_OR_RETURN(
      const std::vector<redis::StreamEntry> entries,
      redis::ReadStream(*redis_, options_.stream, position_, options_.page, options_.block));
  std::vector<FeedEventPointer> events;
  for (const redis::StreamEntry& entry : entries) {
    if (entry.id.seq != position_.seq + 1) break;
    absl::StatusOr<FeedEventPointer> event = FeedEventOf(entry);
    if (!event.ok()) break;
    events.push_back(*std::move(event));
    position_ = entry.id;
  }
  *misses = events.empty() && !entries.empty();
  if (position_.seq > last_.seq) last_ = position_;
  return events;
}

absl::StatusOr<std::vector<FeedEventPointer>> Tail::ReadLog() {
  next_look_ = base::SteadyNow() + options_.look_interval;
  CRM_ASSIGN_OR_RETURN(
      const event::LogPage page,
      event::ReadLog(
          pool_, pg::Tenants::All(),
          {.partition = options_.partition, .after = position_.seq, .limit = options_.page},
          base::Deadline::After(kLogPatience)));
  std::vector<FeedEventPointer> events;
  for (const event::LogRow& row : page.rows) {
    events.push_back(FeedEventOf(row));
    position_ = row.entry_id();
  }
  last_ = page.last_sequence > position_.seq ? page.last() : position_;
  from_log_ += static_cast<int64_t>(events.size());
  return events;
}

}  // namespace crm::feed
