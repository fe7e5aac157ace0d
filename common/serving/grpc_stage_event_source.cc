#include "common/serving/grpc_stage_event_source.h"

#include <algorithm>
#include <utility>

#include "common/error/error.h"
#include "common/rpc/channel.h"
#include "common/rpc/status_bridge.h"
#include "common/stage/stage_event.h"

namespace crm::serving {
namespace {

constexpr int kLargestPage = 1000;

// A refusal for load carries a reason; a message beyond the channel's limit does not.
bool IsTooLarge(const absl::Status& status) {
  return status.code() == absl::StatusCode::kResourceExhausted && error::ReasonOf(status).empty();
}

}  // namespace

GrpcStageEventSource::GrpcStageEventSource(const std::shared_ptr<grpc::Channel>& channel,
                                           std::string asker, absl::Duration limit)
    : GrpcStageEventSource(event::v1::StageEventService::NewStub(channel), std::move(asker),
                           limit) {}

GrpcStageEventSource::GrpcStageEventSource(
    std::unique_ptr<event::v1::StageEventService::StubInterface> stub, std::string asker,
    absl::Duration limit)
    : stub_(std::move(stub)), asker_(std::move(asker)), limit_(limit) {}

absl::StatusOr<event::SourcePage> GrpcStageEventSource::After(int64_t sequence, int limit) {
  rpc::CallContext caller;
  caller.actor = asker_;
  event::v1::ListStageEventsRequest request;
  request.set_after_sequence(sequence);
  for (int size = std::min(limit, kLargestPage);; size /= 2) {
    request.set_page_size(size);
    const auto context = rpc::ClientContextFor(caller, limit_);
    event::v1::ListStageEventsResponse response;
    const absl::Status status =
        rpc::FromGrpcStatus(stub_->ListStageEvents(context.get(), request, &response));
    if (!status.ok()) {
      if (size > 1 && IsTooLarge(status)) continue;
      return status;
    }
    event::SourcePage page;
    page.floor = response.floor_sequence();
    page.events.reserve(static_cast<size_t>(response.events_size()));
    for (const auto& event : response.events()) page.events.push_back(stage::ToEvent(event));
    return page;
  }
}

}  // namespace crm::serving
