#include "tests/fault/storm/watchers.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/digest.h"
#include "common/base/status.h"
#include "common/stage/stage_event.h"

namespace crm::testing {
namespace {

constexpr int kPage = 500;
constexpr absl::Duration kWait = absl::Milliseconds(200);

event::v1::SubscribeStageEventsRequest FromTheFirst(int partition) {
  event::v1::SubscribeStageEventsRequest request;
  request.set_partition(partition);
  request.set_after_sequence(0);
  return request;
}

// As tests/fault/history/collect makes it.
std::string DigestOf(const redis::Reply& fields) {
  std::string text;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text.push_back('\0');
    absl::StrAppend(&text, fields[i].view());
  }
  return absl::BytesToHexString(base::AsText(base::Sha256(text)).substr(0, 8));
}

}  // namespace

StreamWatcher::StreamWatcher(std::string name, std::string url, int partition, Recorder& recorder)
    : name_(std::move(name)),
      url_(std::move(url)),
      partition_(partition),
      key_(stage::StreamKey("opportunity", partition)),
      recorder_(recorder),
      thread_([this] { Run(); }) {}

StreamWatcher::~StreamWatcher() {
  stop_ = true;
  thread_.join();
}

void StreamWatcher::Run() {
  while (!stop_) {
    auto connection = redis::Connection::Open({.url = url_});
    if (connection.ok()) (void)Follow(**connection);
    absl::SleepFor(kWait / 4);
  }
}

// Some pages before the end, so that what was published again is seen again.
absl::StatusOr<redis::StreamId> StreamWatcher::Begin(redis::Connection& connection) const {
  CRM_ASSIGN_OR_RETURN(
      const redis::Reply reply,
      connection.Run({"XREVRANGE", key_, "+", "-", "COUNT", absl::StrCat(4 * kPage)}));
  CRM_ASSIGN_OR_RETURN(const std::vector<redis::StreamEntry> last, redis::EntriesOf(reply));
  if (last.empty() || last.back().id.seq == 1) return redis::StreamId();
  return redis::StreamId{last.back().id.ms, last.back().id.seq - 1};
}

absl::Status StreamWatcher::Follow(redis::Connection& connection) {
  CRM_ASSIGN_OR_RETURN(redis::StreamId last, Begin(connection));
  while (!stop_) {
    CRM_ASSIGN_OR_RETURN(const auto page, redis::ReadStream(connection, key_, last, kPage, kWait));
    for (const redis::StreamEntry& entry : page) Note(entry);
    if (!page.empty()) {
      last = page.back().id;
      continue;
    }
    CRM_ASSIGN_OR_RETURN(const redis::StreamInfo info, redis::ReadStreamInfo(connection, key_));
    if (info.last_generated < last) last = {};
  }
  return absl::OkStatus();
}

void StreamWatcher::Note(const redis::StreamEntry& entry) {
  const std::string id = entry.id.ToString();
  const std::string event = entry.fields.Field("id").text();
  const std::string content = DigestOf(entry.fields);
  if (!seen_.insert(absl::HashOf(id, event, content)).second) {
    ++seen_again_;
    return;
  }
  recorder_.Saw(name_, partition_, id, event, content);
}

Subscriber::Subscriber(const client::Client& client, std::string name, int partition,
                       Recorder& recorder)
    : name_(std::move(name)),
      partition_(partition),
      recorder_(recorder),
      watch_(client.Watch(client::Service::kOpportunity, FromTheFirst(partition),
                          {.silence = absl::Seconds(12),
                           .retries = {.longest_delay = absl::Milliseconds(500),
                                       .total = absl::InfiniteDuration()}})),
      thread_([this] {
        for (auto next = watch_->Next(); next.ok(); next = watch_->Next()) {
          for (const event::v1::StageEvent& event : next->events()) {
            recorder_.Told(name_, partition_, event.sequence(), event.entry_id(),
                           event.change().event_id());
          }
          read_ = next->read_sequence();
        }
      }) {}

Subscriber::~Subscriber() {
  watch_->Cancel();
  thread_.join();
}

}  // namespace crm::testing
