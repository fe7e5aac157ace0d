#include "clients/events/group_consumer.h"

#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/redis/cluster_url.h"

namespace crm::client {
namespace {

using crm::event::v1::StageEvent;

constexpr absl::Duration kLookInterval = absl::Seconds(2);

redis::StreamId IdOf(const redis::Reply& reply) {
  return redis::StreamId::Parse(reply.view()).value_or(redis::StreamId());
}

absl::Status GroupIsGone() { return redis::StatusOfError("NOGROUP the group is gone"); }

bool IsGroupGone(const absl::Status& status) { return redis::ErrorPrefix(status) == "NOGROUP"; }

}  // namespace

absl::StatusOr<StageEvent> StageEventOf(const redis::StreamEntry& entry) {
  google::protobuf::util::JsonParseOptions lenient;
  lenient.ignore_unknown_fields = true;  // a newer service may say more
  StageEvent event;
  const std::string data = entry.fields.Field("data").text();
  int64_t epoch = 0;
  if (!google::protobuf::util::JsonStringToMessage(data, event.mutable_change(), lenient).ok() ||
      !absl::SimpleAtoi(entry.fields.Field("epoch").view(), &epoch)) {
    return absl::InvalidArgumentError(absl::StrCat(entry.id.ToString(), " is no stage event"));
  }
  event.set_sequence(entry.id.seq);
  event.set_epoch(epoch);
  event.set_entry_id(entry.id.ToString());
  return event;
}

GroupConsumer::GroupConsumer(GroupOptions options, Client client, Handler handler)
    : options_(std::move(options)),
      client_(std::move(client)),
      handler_(std::move(handler)),
      stream_(
          absl::StrCat("crm:stage-events:", NameOf(options_.service), ":", options_.partition)) {}

absl::StatusOr<int> GroupConsumer::Poll() {
  absl::StatusOr<int> handled = PollOnce();
  if (handled.ok()) return handled;
  if (IsGroupGone(handled.status())) {
    CRM_RETURN_IF_ERROR(MakeGroup());
    return 0;
  }
  if (redis_ != nullptr && redis_->dead()) redis_.reset();
  return handled;
}

absl::StatusOr<int> GroupConsumer::PollOnce() {
  CRM_RETURN_IF_ERROR(Open());
  int handled = 0;
  if (base::SteadyNow() >= next_look_) {
    CRM_ASSIGN_OR_RETURN(const int filled, Look());
    CRM_ASSIGN_OR_RETURN(const int taken_over, TakeOver());
    next_look_ = base::SteadyNow() + std::min(kLookInterval, options_.take_over / 2);
    handled = filled + taken_over;
  }
  if (!own_are_read_) {
    CRM_ASSIGN_OR_RETURN(const int own, ReadGroup("0"));
    own_are_read_ = true;
    handled += own;
  }
  CRM_ASSIGN_OR_RETURN(const int fresh, ReadGroup(">"));
  return handled + fresh;
}

absl::Status GroupConsumer::Open() {
  if (redis_ != nullptr && !redis_->dead()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(redis_, redis::Connection::Open(redis::ForKey(options_.redis, stream_)));
  own_are_read_ = false;
  next_look_ = base::SteadyTime::InfinitePast();
  return MakeGroup();
}

absl::Status GroupConsumer::MakeGroup() {
  const std::string begin = safe_.has_value() ? safe_->ToString() : options_.from_start ? "0" : "$";
  const auto made = redis_->Run({"XGROUP", "CREATE", stream_, options_.group, begin, "MKSTREAM"});
  if (made.ok()) {
    ++groups_made_;
    own_are_read_ = false;
    return absl::OkStatus();
  }
  return redis::ErrorPrefix(made.status()) == "BUSYGROUP" ? absl::OkStatus() : made.status();
}

// How far the group is, and whether the stream still has what follows.
absl::StatusOr<int> GroupConsumer::Look() {
  const absl::StatusOr<redis::Reply> groups = redis_->Run({"XINFO", "GROUPS", stream_});
  if (!groups.ok()) {
    if (absl::EndsWith(groups.status().message(), "no such key")) return GroupIsGone();
    return groups.status();
  }
  std::optional<redis::StreamId> delivered;
  for (size_t i = 0; i < groups->size(); ++i) {
    if ((*groups)[i].Field("name").view() != options_.group) continue;
    delivered = IdOf((*groups)[i].Field("last-delivered-id"));
  }
  if (!delivered.has_value()) return GroupIsGone();
  CRM_ASSIGN_OR_RETURN(const redis::Reply pending,
                       redis_->Run({"XPENDING", stream_, options_.group}));
  safe_ = *delivered;
  if (pending.size() == 4 && pending[0].integer() > 0) {
    const redis::StreamId lowest = IdOf(pending[1]);
    safe_ = redis::StreamId{lowest.ms, lowest.seq - 1};
  }
  CRM_ASSIGN_OR_RETURN(const redis::StreamInfo info, redis::ReadStreamInfo(*redis_, stream_));
  CRM_ASSIGN_OR_RETURN(const redis::Reply first,
                       redis_->Run({"XRANGE", stream_, "-", "+", "COUNT", "1"}));
  CRM_ASSIGN_OR_RETURN(const auto entries, redis::EntriesOf(first));
  const int64_t last_gone = entries.empty() ? info.last_generated.seq : entries[0].id.seq - 1;
  // What left the stream since the last look may have been passed over by whoever read next.
  const int64_t known = std::min(delivered_, delivered->seq);
  CRM_ASSIGN_OR_RETURN(const int filled, FillUpTo(std::max(known, filled_to_), last_gone));
  delivered_ = delivered->seq;
  read_since_look_.clear();
  return filled;
}

// From the service's log; what fails here too often is buried at once, since nobody else has it.
absl::StatusOr<int> GroupConsumer::FillUpTo(int64_t after, int64_t last) {
  int handled = 0;
  while (after < last) {
    event::v1::ListStageEventsRequest request;
    request.set_partition(options_.partition);
    request.set_after_sequence(after);
    request.set_before_sequence(last + 1);
    request.set_page_size(options_.batch);
    CRM_ASSIGN_OR_RETURN(const auto page, client_.CallOn(options_.service, request));
    for (const StageEvent& event : page.events()) {
      if (read_since_look_.contains(event.sequence())) continue;  // if it failed it is pending
      const absl::Status status = handler_(event);
      if (!status.ok() && ++fill_failures_ < options_.max_deliveries) return status;
      if (!status.ok()) CRM_RETURN_IF_ERROR(Bury(event, status.message()));
      fill_failures_ = 0;
      filled_to_ = std::max(filled_to_, event.sequence());
      ++filled_;
      handled += status.ok() ? 1 : 0;
    }
    if (page.read_sequence() <= after) break;
    after = page.read_sequence();
    filled_to_ = std::max(filled_to_, after);
  }
  return handled;
}

absl::StatusOr<int> GroupConsumer::ReadGroup(absl::string_view position) {
  const std::string count = absl::StrCat(options_.batch);
  const std::string block = absl::StrCat(absl::ToInt64Milliseconds(options_.block));
  redis_->SetCommandTimeout(options_.redis.command_timeout + options_.block);
  CRM_ASSIGN_OR_RETURN(const redis::Reply reply,
                       redis_->Run({"XREADGROUP", "GROUP", options_.group, options_.consumer,
                                    "COUNT", count, "BLOCK", block, "STREAMS", stream_, position}));
  if (reply.IsNil() || reply.size() != 1) return 0;
  std::vector<redis::StreamEntry> entries;
  for (size_t i = 0; i < reply[0][1].size(); ++i) {
    const redis::Reply entry = reply[0][1][i];
    // One of this member's that has left the stream has no fields: it is fetched when taken over.
    if (entry.size() != 2 || !entry[1].IsArray()) continue;
    entries.push_back({IdOf(entry[0]), entry[1]});
    read_since_look_.insert(entries.back().id.seq);
  }
  return HandleAll(entries);
}

absl::StatusOr<int> GroupConsumer::HandleAll(const std::vector<redis::StreamEntry>& entries) {
  int handled = 0;
  for (const redis::StreamEntry& entry : entries) {
    const absl::StatusOr<StageEvent> event = StageEventOf(entry);
    if (!event.ok()) {
      CRM_RETURN_IF_ERROR(Bury(entry, event.status().message()));
      continue;
    }
    const absl::Status status = handler_(*event);
    if (status.ok()) {
      CRM_RETURN_IF_ERROR(Acknowledge(entry.id.ToString()));
      ++handled;
      continue;
    }
    CRM_ASSIGN_OR_RETURN(const int64_t deliveries, Deliveries(entry.id.ToString()));
    if (deliveries >= options_.max_deliveries) {
      CRM_RETURN_IF_ERROR(Bury(entry, status.message()));
    }
  }
  return handled;
}

// What nobody has acknowledged for long: its member died, or it failed.
absl::StatusOr<int> GroupConsumer::TakeOver() {
  const std::string idle = absl::StrCat(absl::ToInt64Milliseconds(options_.take_over));
  const std::string count = absl::StrCat(options_.batch);
  int handled = 0;
  for (std::string cursor = "0-0";;) {
    CRM_ASSIGN_OR_RETURN(const redis::Reply reply,
                         redis_->Run({"XAUTOCLAIM", stream_, options_.group, options_.consumer,
                                      idle, cursor, "COUNT", count}));
    CRM_ASSIGN_OR_RETURN(const auto entries, redis::EntriesOf(reply[1]));
    CRM_ASSIGN_OR_RETURN(const int well, HandleAll(entries));
    handled += well;
    // Redis tells once which of them have left the stream, and forgets them.
    for (size_t i = 0; i < reply[2].size(); ++i) gone_.push_back(IdOf(reply[2][i]).seq);
    cursor = reply[0].text();
    if (cursor == "0-0") break;
  }
  CRM_ASSIGN_OR_RETURN(const int filled, FillGone());
  return handled + filled;
}

absl::StatusOr<int> GroupConsumer::FillGone() {
  int handled = 0;
  for (; !gone_.empty(); gone_.pop_front()) {
    read_since_look_.erase(gone_.front());
    CRM_ASSIGN_OR_RETURN(const int filled, FillUpTo(gone_.front() - 1, gone_.front()));
    handled += filled;
  }
  return handled;
}

absl::StatusOr<int64_t> GroupConsumer::Deliveries(const std::string& id) {
  CRM_ASSIGN_OR_RETURN(const redis::Reply reply,
                       redis_->Run({"XPENDING", stream_, options_.group, id, id, "1"}));
  return reply.size() == 1 && reply[0].size() == 4 ? reply[0][3].integer() : 0;
}

absl::Status GroupConsumer::Bury(const redis::StreamEntry& entry, absl::string_view reason) {
  const std::string id = entry.id.ToString();
  CRM_RETURN_IF_ERROR(AddDeadLetter(id, entry.fields.Field("data").view(), reason));
  return Acknowledge(id);
}

absl::Status GroupConsumer::Bury(const StageEvent& event, absl::string_view reason) {
  std::string data;
  if (!google::protobuf::util::MessageToJsonString(event.change(), &data).ok()) data.clear();
  return AddDeadLetter(event.entry_id(), data, reason);
}

absl::Status GroupConsumer::AddDeadLetter(absl::string_view entry, absl::string_view data,
                                          absl::string_view reason) {
  const std::string letters = absl::StrCat("crm:dead-letters:", options_.group);
  redis::Connection* redis = redis_.get();
  std::unique_ptr<redis::Connection> elsewhere;  // in a cluster the letters may have another node
  if (redis::ClusterUrl::Is(options_.redis.url)) {
    CRM_ASSIGN_OR_RETURN(elsewhere,
                         redis::Connection::Open(redis::ForKey(options_.redis, letters)));
    redis = elsewhere.get();
  }
  CRM_RETURN_IF_ERROR(redis
                          ->Run({"XADD", letters, "*", "stream", stream_, "entry", entry, "reason",
                                 reason, "consumer", options_.consumer, "data", data})
                          .status());
  ++dead_letters_;
  return absl::OkStatus();
}

absl::Status GroupConsumer::Acknowledge(const std::string& id) {
  return redis_->Run({"XACK", stream_, options_.group, id}).status();
}

}  // namespace crm::client
