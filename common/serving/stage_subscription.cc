#include "common/serving/stage_subscription.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/request_checks.h"
#include "common/rpc/resource_name.h"

namespace crm::serving {
namespace {

using crm::event::v1::SubscribeStageEventsRequest;
using crm::event::v1::SubscribeStageEventsResponse;
using Texts = google::protobuf::RepeatedPtrField<std::string>;

constexpr size_t kMostTexts = 100;
constexpr int64_t kLongestHeartbeat =
    30;  // seconds; clients take longer silence for a dead connection
constexpr absl::string_view kCollections[] = {"accounts", "contacts", "leads", "opportunities"};

void CheckTexts(absl::string_view path, const Texts& texts, size_t max, rpc::Validation& v) {
  v.Count(path, static_cast<size_t>(texts.size()), kMostTexts);
  for (int i = 0; i < texts.size(); ++i) {
    v.Text(absl::StrCat(path, "[", i, "]"), texts[i],
           {.min = 1, .max = max, .presence = rpc::kRequired});
  }
}

absl::flat_hash_set<std::string> SetOf(const Texts& texts) { return {texts.begin(), texts.end()}; }

feed::Interest InterestOf(const rpc::CallContext& context,
                          const SubscribeStageEventsRequest& request) {
  return {context.all_tenants,       context.tenant,
          SetOf(request.tenants()),  SetOf(request.types()),
          SetOf(request.subjects()), SetOf(request.to_stages())};
}

feed::Beginning BeginningOf(const SubscribeStageEventsRequest& request) {
  switch (request.start_case()) {
    case SubscribeStageEventsRequest::kAfterSequence:
      return feed::After{request.after_sequence()};
    case SubscribeStageEventsRequest::kStartTime:
      return feed::Since{rpc::TimeFrom(request.start_time())};
    case SubscribeStageEventsRequest::START_NOT_SET:
      break;
  }
  return feed::FromNow{};
}

std::optional<absl::Duration> HeartbeatOf(const SubscribeStageEventsRequest& request) {
  if (!request.has_heartbeat()) return std::nullopt;
  return absl::Seconds(request.heartbeat().seconds()) +
         absl::Nanoseconds(request.heartbeat().nanos());
}

// The event's bytes, which stay with the event: all subscribers to whom it is under way share them.
grpc::Slice SliceOf(const feed::FeedEventPointer& event) {
  auto* const holder = new feed::FeedEventPointer(event);
  return grpc::Slice(
      const_cast<char*>(event->encoded.data()), event->encoded.size(),
      [](void* held) { delete static_cast<feed::FeedEventPointer*>(held); }, holder);
}

// A message is its fields one after the other, so the events need not be serialized again.
grpc::ByteBuffer MessageOf(const feed::Stretch& stretch, int partitions) {
  SubscribeStageEventsResponse rest;
  rest.set_begin_sequence(stretch.begin);
  rest.set_read_sequence(stretch.read);
  rest.set_last_sequence(stretch.last.seq);
  rest.set_partitions(partitions);
  if (stretch.milliseconds > 0) {
    rpc::SetTime(absl::FromUnixMillis(stretch.milliseconds), rest.mutable_read_time());
  }
  if (stretch.last.ms > 0) {
    rpc::SetTime(absl::FromUnixMillis(stretch.last.ms), rest.mutable_last_time());
  }
  std::vector<grpc::Slice> slices;
  slices.reserve(stretch.events.size() + 1);
  for (const feed::FeedEventPointer& event : stretch.events) slices.push_back(SliceOf(event));
  slices.emplace_back(rest.SerializeAsString());
  return grpc::ByteBuffer(slices.data(), slices.size());
}

class SubscriberCall final : public feed::Subscriber, public rpc::StreamSource {
 public:
  SubscriberCall(const Feeds& feeds, rpc::StreamCall& call,
                 const SubscribeStageEventsRequest& request)
      : Subscriber(InterestOf(call.context(), request), BeginningOf(request), HeartbeatOf(request)),
        feed_(feeds[request.partition()]),
        partitions_(feeds.size()),
        call_(call) {}
  ~SubscriberCall() override { feed_.Remove(*this); }

  void Take(feed::Stretch stretch) override { call_.Write(MessageOf(stretch, partitions_)); }
  void End(absl::Status status) override { call_.End(status); }
  void Abort() override { call_.Cancel(); }

  void Written(bool ok) override {
    if (!ok) feed_.Cancel(*this);
    feed_.Next(*this);
  }
  void Cancelled() override { feed_.Cancel(*this); }

 private:
  feed::Feed& feed_;
  const int partitions_;
  rpc::StreamCall& call_;
};

}  // namespace

void CheckSubject(absl::string_view path, absl::string_view subject, rpc::Validation& v) {
  const bool known = std::any_of(
      std::begin(kCollections), std::end(kCollections),
      [subject](const auto& each) { return rpc::ParseName(subject, each).has_value(); });
  if (!known) {
    v.Custom(path, "must be accounts/…, contacts/…, leads/… or opportunities/… with a UUID");
  }
}

void CheckSubscription(const SubscribeStageEventsRequest& request, rpc::Validation& v) {
  if (request.after_sequence() < 0) v.Custom("after_sequence", "must not be negative");
  if (request.partition() < 0) v.Custom("partition", "must not be negative");
  v.TimestampField("start_time", request.has_start_time(), request.start_time(), rpc::kOptional);
  if (request.has_heartbeat()) {
    v.Number("heartbeat.seconds", request.heartbeat().seconds(), 1, kLongestHeartbeat);
    v.Number("heartbeat.nanos", request.heartbeat().nanos(), 0, 999'999'999);
  }
  CheckTexts("types", request.types(), rpc::kIdLimit, v);
  CheckTexts("to_stages", request.to_stages(), rpc::kIdLimit, v);
  CheckTexts("tenants", request.tenants(), rpc::kMaxTenantSize, v);
  v.Count("subjects", static_cast<size_t>(request.subjects_size()), kMostTexts);
  for (int i = 0; i < request.subjects_size(); ++i) {
    CheckSubject(absl::StrCat("subjects[", i, "]"), request.subjects(i), v);
  }
}

absl::Status CheckPartition(int partition, int partitions) {
  if (partitions == 0) {
    return error::Unavailable(error::kDatabaseUnavailable, "The service is not ready yet.",
                              absl::Seconds(1));
  }
  if (partition < partitions) return absl::OkStatus();
  return rpc::FieldsInvalid({{"partition", absl::StrCat("must be less than ", partitions)}});
}

absl::StatusOr<std::unique_ptr<rpc::StreamSource>> OpenSubscription(
    const Feeds& feeds, rpc::StreamCall& call, const SubscribeStageEventsRequest& request) {
  CRM_RETURN_IF_ERROR(CheckPartition(request.partition(), feeds.size()));
  auto subscriber = std::make_unique<SubscriberCall>(feeds, call, request);
  CRM_RETURN_IF_ERROR(feeds[request.partition()].Add(*subscriber));
  return subscriber;
}

}  // namespace crm::serving
