#include "common/serving/grpc_stage_event_source.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
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
                                           std::string asker, int partition, absl::Duration limit)
    : GrpcStageEventSource(event::v1::StageEventService::NewStub(channel), std::move(asker),
                           partition, limit) {}

GrpcStageEventSource::GrpcStageEventSource(
    std::unique_ptr<event::v1::StageEventService::StubInterface> stub, std::string asker,
    int partition, absl::Duration limit)
    : stub_(std::move(stub)), asker_(std::move(asker)), partition_(partition), limit_(limit) {}

absl::Status GrpcStageEventSource::Ask(const event::v1::ListStageEventsRequest& request,
                                       event::v1::ListStageEventsResponse& response) {
  rpc::CallContext caller;
  caller.actor = asker_;
  const auto context = rpc::ClientContextFor(caller, limit_);
  return rpc::FromGrpcStatus(stub_->ListStageEvents(context.get(), request, &response));
}

absl::StatusOr<int> GrpcStageEventSource::CountPartitions() {
  event::v1::ListStageEventsRequest request;
  request.set_page_size(1);
  event::v1::ListStageEventsResponse response;
  CRM_RETURN_IF_ERROR(Ask(request, response));
  return std::max(response.partitions(), 1);
}

absl::StatusOr<event::SourcePage> GrpcStageEventSource::After(int64_t sequence, int limit) {
  event::v1::ListStageEventsRequest request;
  request.set_after_sequence(sequence);
  request.set_partition(partition_);
  for (int size = std::min(limit, kLargestPage);; size /= 2) {
    request.set_page_size(size);
    event::v1::ListStageEventsResponse response;
    const absl::Status status = Ask(request, response);
    if (!status.ok()) {
      if (size > 1 && IsTooLarge(status)) continue;
      return status;
    }
    event::SourcePage page;
    page.last = response.last_sequence();
    page.floor = response.floor_sequence();
    page.events.reserve(static_cast<size_t>(response.events_size()));
    for (const auto& event : response.events()) page.events.push_back(stage::ToEvent(event));
    return page;
  }
}

absl::StatusOr<event::HistoryPage> GrpcStageEventSource::Moves(const std::string& position,
                                                               int64_t sequence, int limit) {
  rpc::CallContext caller;
  caller.actor = asker_;
  event::v1::ListStageMovesRequest request;
  request.set_page_token(position);
  for (int size = std::min(limit, kLargestPage);; size /= 2) {
    request.set_page_size(size);
    event::v1::ListStageMovesResponse response;
    const auto context = rpc::ClientContextFor(caller, limit_);
    const absl::Status status =
        rpc::FromGrpcStatus(stub_->ListStageMoves(context.get(), request, &response));
    if (!status.ok()) {
      if (size > 1 && IsTooLarge(status)) continue;
      return status;
    }
    event::HistoryPage page;
    page.next = response.next_page_token();
    page.moves.reserve(static_cast<size_t>(response.moves_size()));
    for (auto& move : *response.mutable_moves()) {
      event::v1::StageEvent event;
      event.set_sequence(sequence);
      *event.mutable_change() = std::move(move);
      page.moves.push_back(stage::ToEvent(event));
    }
    return page;
  }
}

}  // namespace crm::serving
