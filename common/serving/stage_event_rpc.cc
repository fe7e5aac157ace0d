#include "common/serving/stage_event_rpc.h"

#include <algorithm>
#include <utility>

#include "common/event/event_log.h"

namespace crm::serving {
namespace {

constexpr int kMostEvents = 1000;

void Validate(const event::v1::ListStageEventsRequest& request, rpc::Validation& validation) {
  if (request.after_sequence() < 0) validation.Custom("after_sequence", "must not be negative");
  if (request.page_size() < 0) validation.Custom("page_size", "must not be negative");
}

int LimitOf(const event::v1::ListStageEventsRequest& request) {
  return request.page_size() == 0 ? kMostEvents : std::min(request.page_size(), kMostEvents);
}

}  // namespace

StageEventRpc::StageEventRpc(const rpc::Binding& binding, pg::Pool& pool)
    : list_(
          binding, {"crm.event.v1.StageEventService/ListStageEvents", rpc::Lane::kRead}, Validate,
          [&pool](const rpc::CallContext& context, const event::v1::ListStageEventsRequest& request,
                  event::v1::ListStageEventsResponse& response) -> absl::Status {
            absl::StatusOr<event::EventPage> page = event::ReadEvents(
                pool, request.after_sequence(), LimitOf(request), context.deadline);
            if (!page.ok()) return page.status();
            for (event::v1::StageEvent& event : page->events) {
              *response.add_events() = std::move(event);
            }
            response.set_last_sequence(page->last_sequence);
            response.set_floor_sequence(page->floor_sequence);
            return absl::OkStatus();
          }) {}

grpc::ServerUnaryReactor* StageEventRpc::ListStageEvents(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  return list_.Start(context, request, response);
}

}  // namespace crm::serving
