#include "common/event/stream_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/log/log.h"
#include "common/redis/stream.h"

namespace crm::event {
namespace {

// How often a reader to whom the stream shows nothing asks whether there should be something.
constexpr absl::Duration kLookInterval = absl::Seconds(5);

}  // namespace

StreamReader::StreamReader(StreamReaderOptions options, EntryDecoder decode, EventSource* source)
    : options_(std::move(options)), decode_(std::move(decode)), source_(source) {}

absl::Status StreamReader::OpenRedis() {
  if (redis_ != nullptr && !redis_->dead()) return absl::OkStatus();
  confirmed_ = false;
  CRM_ASSIGN_OR_RETURN(redis_,
                       redis::Connection::Open(redis::ForKey(options_.redis, options_.stream)));
  return absl::OkStatus();
}

absl::StatusOr<bool> StreamReader::IsShown(const ConsumerInbox::Position& position) {
  if (redis_ == nullptr || redis_->dead()) return false;
  const std::string id = position.entry.ToString();
  CRM_ASSIGN_OR_RETURN(const redis::Reply entries,
                       redis_->Run({"XRANGE", options_.stream, id, id, "COUNT", "1"}));
  return entries.size() == 1;
}

// An entry's id holds the time at which it was given its sequence, so another event has another
// one. What nobody can be asked about now is asked later.
absl::Status StreamReader::Confirm(const ConsumerInbox::Position& position) {
  if (confirmed_ || base::SteadyNow() < next_confirm_) return absl::OkStatus();
  next_confirm_ = base::SteadyNow() + kLookInterval;
  const absl::StatusOr<bool> shown = IsShown(position);
  confirmed_ = position.sequence == 0 || (shown.ok() && *shown);
  if (confirmed_) return absl::OkStatus();
  const absl::StatusOr<SourcePage> found = source_->After(position.sequence - 1, 1);
  if (!found.ok()) return absl::OkStatus();
  const Event* const next = found->events.empty() ? nullptr : &found->events[0];
  const bool aged_out =
      next == nullptr ? found->floor > position.sequence : next->sequence > position.sequence;
  confirmed_ = aged_out || (next != nullptr && next->entry == position.entry);
  if (confirmed_) return absl::OkStatus();
  next_confirm_ = base::SteadyTime::InfinitePast();
  return absl::FailedPreconditionError(absl::StrCat(
      "the publisher's log is another one than was read up to ", position.entry.ToString(), ": ",
      next == nullptr ? "it ends before" : absl::StrCat("it has ", next->entry.ToString())));
}

absl::StatusOr<StreamReader::Page> StreamReader::Read(const ConsumerInbox::Position& position) {
  const absl::Status opened = OpenRedis();
  CRM_RETURN_IF_ERROR(Confirm(position));
  absl::StatusOr<Page> page = opened.ok() ? ReadStream(position) : opened;
  if (page.ok()) {
    redis_is_away_ = false;
    return page;
  }
  redis_.reset();
  if (!redis_is_away_) {
    redis_is_away_ = true;
    log::Warning("a consumer reads from the log, since the stream cannot be read",
                 {{"consumer", options_.name},
                  {"stream", options_.stream},
                  {"error", page.status().message()}});
  }
  CRM_ASSIGN_OR_RETURN(Page filled, ReadSource(position));
  if (filled.events.empty()) return page.status();
  return filled;
}

absl::StatusOr<StreamReader::Page> StreamReader::ReadStream(
    const ConsumerInbox::Position& position) {
  CRM_RETURN_IF_ERROR(redis_->ConfirmPrimary());
  CRM_ASSIGN_OR_RETURN(const std::vector<redis::StreamEntry> entries,
                       redis::ReadStream(*redis_, options_.stream, position.entry,
                                         options_.batch_size, options_.block));
  Page page;
  int64_t expected = position.sequence + 1;
  for (const redis::StreamEntry& entry : entries) {
    absl::StatusOr<Event> event = decode_(entry);
    if (!event.ok() || event->sequence != expected) break;
    page.events.push_back(*std::move(event));
    ++expected;
  }
  if (!page.events.empty()) return page;
  if (entries.empty()) {
    CRM_ASSIGN_OR_RETURN(const bool behind, IsBehind(position));
    if (!behind) return page;
  }
  CRM_ASSIGN_OR_RETURN(page, ReadSource(position));
  if (page.events.empty()) {
    return absl::UnavailableError("the publisher's log does not hold what its stream misses");
  }
  return page;
}

// Whether the stream has had more than it shows: all of it has aged out, and nothing new has come.
absl::StatusOr<bool> StreamReader::IsBehind(const ConsumerInbox::Position& position) {
  if (base::SteadyNow() < next_look_) return false;
  CRM_ASSIGN_OR_RETURN(const redis::StreamInfo info,
                       redis::ReadStreamInfo(*redis_, options_.stream));
  next_look_ = base::SteadyNow() + kLookInterval;
  return info.last_generated.seq > position.sequence;
}

absl::StatusOr<StreamReader::Page> StreamReader::ReadSource(
    const ConsumerInbox::Position& position) {
  CRM_ASSIGN_OR_RETURN(SourcePage found, source_->After(position.sequence, options_.batch_size));
  Page page;
  page.events = std::move(found.events);
  if (page.events.empty()) return page;
  page.from_source = static_cast<int64_t>(page.events.size());
  page.gone = page.events.front().sequence - position.sequence - 1;
  if (page.gone > 0 && page.events.front().sequence > found.floor) {
    return absl::UnavailableError("the publisher's log has a hole");
  }
  return page;
}

}  // namespace crm::event
