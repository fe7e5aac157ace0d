#include "common/serving/stage_event_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/error/reasons.h"
#include "common/event/event_log.h"
#include "common/rpc/page_token.h"
#include "common/rpc/request_checks.h"
#include "common/serving/page_bytes.h"
#include "common/serving/stage_copies.h"
#include "common/serving/stage_subscription.h"
#include "common/stage/history.h"
#include "common/stage/stage_event.h"
#include "crm/event/v1/stage_event_service.grpc.pb.h"

namespace crm::serving {
namespace {

constexpr int kMostEvents = 1000;

constexpr absl::Duration kStreamPatience = absl::Seconds(1);

void Check(const event::v1::ListStageEventsRequest& request, rpc::Validation& v) {
  if (request.after_sequence() < 0) v.Custom("after_sequence", "must not be negative");
  if (request.before_sequence() < 0) v.Custom("before_sequence", "must not be negative");
  if (request.page_size() < 0) v.Custom("page_size", "must not be negative");
  if (request.partition() < 0) v.Custom("partition", "must not be negative");
  if (!request.subject().empty()) CheckSubject("subject", request.subject(), v);
}

int PageSizeOf(int asked) { return asked == 0 ? kMostEvents : std::min(asked, kMostEvents); }

event::LogQuery QueryOf(const event::v1::ListStageEventsRequest& request) {
  event::LogQuery query;
  query.partition = request.partition();
  query.after = request.after_sequence();
  if (request.before_sequence() > 0) query.before = request.before_sequence();
  query.newest_first = request.newest_first();
  query.limit = PageSizeOf(request.page_size());
  if (!request.subject().empty()) {
    query.aggregate = base::Uuid::Parse(request.subject().substr(request.subject().find('/') + 1));
  }
  return query;
}

// A range may grow at either end.
void Skip(int64_t sequence, event::v1::ListStageEventsResponse& response) {
  if (response.skipped_size() > 0) {
    event::v1::SequenceRange& last = *response.mutable_skipped(response.skipped_size() - 1);
    if (last.last_sequence() == sequence - 1) return last.set_last_sequence(sequence);
    if (last.first_sequence() == sequence + 1) return last.set_first_sequence(sequence);
  }
  event::v1::SequenceRange& range = *response.add_skipped();
  range.set_first_sequence(sequence);
  range.set_last_sequence(sequence);
}

// Events of others are not even decoded. A damaged event ends the page before it, and is an error
// where a page begins with it. A page ends by size too. `*whole`: all rows are in it.
absl::Status AddEvents(absl::Span<const event::LogRow> rows, const rpc::CallContext& context,
                       const std::string& subject, event::v1::ListStageEventsResponse& response,
                       bool* whole) {
  *whole = false;
  size_t bytes = 0;
  for (const event::LogRow& row : rows) {
    if (bytes >= kPageBytes) return absl::OkStatus();
    if (!context.all_tenants && row.tenant != context.tenant) {
      if (subject.empty()) Skip(row.sequence, response);
    } else {
      absl::StatusOr<event::v1::StageEvent> event = stage::StageEventOf(row);
      if (!event.ok()) return &row == rows.data() ? event.status() : absl::OkStatus();
      // The id of a thing is that of another kind of thing too, perhaps.
      if (subject.empty() || event->change().subject() == subject) {
        bytes += event->ByteSizeLong();
        *response.add_events() = *std::move(event);
      }
    }
    response.set_read_sequence(row.sequence);
  }
  *whole = true;
  return absl::OkStatus();
}

void Check(const event::v1::ListStageMovesRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
}

rpc::PageArguments Bound(const rpc::CallContext& context) {
  const absl::string_view tenant = context.tenant;
  return {context.method, context.all_tenants ? "*" : tenant, "", ""};
}

absl::StatusOr<stage::MovePosition> PositionOf(const rpc::CallContext& context,
                                               const std::string& token) {
  CRM_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                       rpc::DecodePageToken(Bound(context), token));
  stage::MovePosition position;
  if (keys.empty()) return position;
  const std::optional<base::Uuid> thing =
      keys.size() == 3 ? base::Uuid::Parse(keys[1]) : std::nullopt;
  if (!thing || !absl::SimpleAtoi(keys[2], &position.version)) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                        "The page token is not valid.")
        .Violation("page_token", "must be a next_page_token of the same method");
  }
  position.tenant = keys[0];
  position.thing = *thing;
  return position;
}

absl::Status ListStageMoves(const StageEventPorts& ports, const rpc::CallContext& context,
                            const event::v1::ListStageMovesRequest& request,
                            event::v1::ListStageMovesResponse& response) {
  CRM_ASSIGN_OR_RETURN(const stage::MovePosition after, PositionOf(context, request.page_token()));
  const int limit = PageSizeOf(request.page_size());
  const pg::Tenants tenants =
      context.all_tenants ? pg::Tenants::All() : pg::Tenants(context.tenant);
  CRM_ASSIGN_OR_RETURN(
      const std::vector<stage::StageRecord> moves,
      stage::ReadMoves(ports.pool, tenants, context.all_tenants ? "" : context.tenant, after, limit,
                       ports.parties, context.deadline));
  size_t shown = 0;
  for (size_t bytes = 0; shown < moves.size() && bytes < kPageBytes; ++shown) {
    CRM_ASSIGN_OR_RETURN(*response.add_moves(), stage::ChangeOf(moves[shown]));
    bytes += response.moves(static_cast<int>(shown)).ByteSizeLong();
  }
  if (shown == moves.size() && shown < static_cast<size_t>(limit)) return absl::OkStatus();
  const stage::StageRecord& last = moves[shown - 1];
  const std::string keys[] = {last.tenant, last.id.ToString(), absl::StrCat(last.version)};
  response.set_next_page_token(rpc::EncodePageToken(Bound(context), keys));
  return absl::OkStatus();
}

// How far a page reads that has all there is: whatever comes later has a greater sequence.
int64_t EndOf(const event::LogQuery& query, const event::LogPage& page) {
  if (query.newest_first) return query.after + 1;
  return std::max(query.after, std::min(page.last_sequence, query.before - 1));
}

absl::Status ListStageEvents(const StageEventPorts& ports, const rpc::CallContext& context,
                             const event::v1::ListStageEventsRequest& request,
                             event::v1::ListStageEventsResponse& response) {
  event::LogQuery query = QueryOf(request);
  // Who asks for a thing sees it or does not; who asks for all is told what others have.
  const bool own = query.aggregate.has_value() && !context.all_tenants;
  const pg::Tenants tenants = own ? pg::Tenants(context.tenant) : pg::Tenants::All();
  const int partitions = ports.feeds.size();
  if (query.aggregate.has_value() && !request.has_partition() && partitions > 1) {
    CRM_ASSIGN_OR_RETURN(
        const std::optional<int> found,
        event::PartitionOf(ports.pool, tenants, *query.aggregate, context.deadline));
    query.partition = found.value_or(0);
  }
  CRM_RETURN_IF_ERROR(CheckPartition(query.partition, partitions));
  response.set_partition(query.partition);
  response.set_partitions(partitions);
  CRM_ASSIGN_OR_RETURN(const event::LogPage page,
                       event::ReadLog(ports.pool, tenants, query, context.deadline));
  response.set_last_sequence(page.last_sequence);
  response.set_floor_sequence(page.floor_sequence);
  response.set_read_sequence(query.newest_first ? query.before : query.after);
  bool whole = false;
  CRM_RETURN_IF_ERROR(AddEvents(page.rows, context, request.subject(), response, &whole));
  if (whole && page.rows.size() < static_cast<size_t>(query.limit)) {
    response.set_read_sequence(EndOf(query, page));
  }
  return absl::OkStatus();
}

}  // namespace

StageEventService::StageEventService(const rpc::Binding& binding, pg::Pool& pool,
                                     const Feeds& feeds, const pg::Statement* parties)
    : Service(event::v1::StageEventService::service_full_name(), binding, {pool, feeds, parties}) {
  Single("ListStageEvents", rpc::Lane::kRead, Check, ListStageEvents);
  Single("DigestStageEvents", rpc::Lane::kRead, CheckDigest, DigestStageEvents);
  Single("ListPresentStages", rpc::Lane::kRead, CheckPresentStages, ListPresentStages);
  Single("ListStageMoves", rpc::Lane::kRead, Check, ListStageMoves);
  Stream<event::v1::SubscribeStageEventsRequest, event::v1::SubscribeStageEventsResponse>(
      "SubscribeStageEvents", CheckSubscription,
      [&feeds](rpc::StreamCall& call, const event::v1::SubscribeStageEventsRequest& request) {
        return OpenSubscription(feeds, call, request);
      });
}

void StageEventService::EndStreams() {
  ports().feeds.ForEach([](feed::Feed& feed) { feed.Close(kStreamPatience); });
}

}  // namespace crm::serving
