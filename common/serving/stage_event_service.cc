#include "common/serving/stage_event_service.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/event/event_log.h"
#include "common/serving/page_bytes.h"
#include "common/stage/stage_event.h"
#include "crm/event/v1/stage_event_service.grpc.pb.h"

namespace crm::serving {
namespace {

constexpr int kMostEvents = 1000;

void Check(const event::v1::ListStageEventsRequest& request, rpc::Validation& v) {
  if (request.after_sequence() < 0) v.Custom("after_sequence", "must not be negative");
  if (request.page_size() < 0) v.Custom("page_size", "must not be negative");
}

int LimitOf(const event::v1::ListStageEventsRequest& request) {
  return request.page_size() == 0 ? kMostEvents : std::min(request.page_size(), kMostEvents);
}

void Skip(int64_t sequence, event::v1::ListStageEventsResponse& response) {
  const int ranges = response.skipped_size();
  if (ranges > 0 && response.skipped(ranges - 1).last_sequence() == sequence - 1) {
    response.mutable_skipped(ranges - 1)->set_last_sequence(sequence);
    return;
  }
  event::v1::SequenceRange& range = *response.add_skipped();
  range.set_first_sequence(sequence);
  range.set_last_sequence(sequence);
}

// Events of others are not even decoded. A damaged event ends the page before it, and is an error
// where a page begins with it. A page ends by size too.
absl::Status AddEvents(absl::Span<const event::LogRow> rows, const rpc::CallContext& context,
                       event::v1::ListStageEventsResponse& response) {
  size_t bytes = 0;
  for (const event::LogRow& row : rows) {
    if (bytes >= kPageBytes) break;
    if (!context.all_tenants && row.tenant != context.tenant) {
      Skip(row.sequence, response);
    } else {
      absl::StatusOr<event::v1::StageEvent> event = stage::StageEventOf(row);
      if (!event.ok()) return &row == rows.data() ? event.status() : absl::OkStatus();
      bytes += event->ByteSizeLong();
      *response.add_events() = *std::move(event);
    }
    response.set_read_sequence(row.sequence);
  }
  return absl::OkStatus();
}

absl::Status ListStageEvents(const StageEventPorts& ports, const rpc::CallContext& context,
                             const event::v1::ListStageEventsRequest& request,
                             event::v1::ListStageEventsResponse& response) {
  CRM_ASSIGN_OR_RETURN(
      const event::LogPage page,
      event::ReadLog(ports.pool, request.after_sequence(), LimitOf(request), context.deadline));
  response.set_last_sequence(page.last_sequence);
  response.set_floor_sequence(page.floor_sequence);
  response.set_read_sequence(request.after_sequence());
  return AddEvents(page.rows, context, response);
}

}  // namespace

StageEventService::StageEventService(const rpc::Binding& binding, pg::Pool& pool)
    : Service(event::v1::StageEventService::service_full_name(), binding, {pool}) {
  Single("ListStageEvents", rpc::Lane::kRead, Check, ListStageEvents);
}

}  // namespace crm::serving
