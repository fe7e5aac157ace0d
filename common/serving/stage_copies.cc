#include "common/serving/stage_copies.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/error/reasons.h"
#include "common/event/event_log.h"
#include "common/rpc/page_token.h"
#include "common/rpc/proto_values.h"
#include "common/rpc/request_checks.h"
#include "common/serving/stage_subscription.h"
#include "common/stage/event_digest.h"
#include "common/stage/present_stages.h"
#include "common/stage/stage_event.h"

namespace crm::serving {
namespace {

namespace v1 = event::v1;

constexpr int kMostDigested = 5000;
constexpr int kDigestPage = 1000;
constexpr int kMostStages = 1000;

// Digests the rows that the caller may see, up to one that is damaged, and moves the position.
absl::Status AddRows(absl::Span<const event::LogRow> rows, const rpc::CallContext& context,
                     int64_t& position, stage::EventDigest& digest) {
  for (const event::LogRow& row : rows) {
    if (context.all_tenants || row.tenant == context.tenant) {
      CRM_ASSIGN_OR_RETURN(const v1::StageEvent event, stage::StageEventOf(row));
      digest.Add(event);
    }
    position = row.sequence;
  }
  return absl::OkStatus();
}

rpc::PageArguments BoundTo(const rpc::CallContext& context) {
  return {context.method, context.tenant, context.all_tenants ? "all" : "own", ""};
}

// Where the page begins: behind this thing.
absl::StatusOr<base::TenantKey> BeginOf(const rpc::CallContext& context, const std::string& token) {
  CRM_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                       rpc::DecodePageToken(BoundTo(context), token));
  if (position.empty()) {
    return base::TenantKey{context.all_tenants ? "" : context.tenant, base::Uuid()};
  }
  const std::optional<base::Uuid> id =
      position.size() == 2 ? base::Uuid::Parse(position[1]) : std::nullopt;
  if (!id.has_value()) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                        "The page token is not valid.")
        .Violation("page_token", "must be a next_page_token of the same method");
  }
  return base::TenantKey{position[0], *id};
}

void Show(const stage::PresentStage& present, std::string subject, v1::PresentStage& message) {
  message.set_subject(std::move(subject));
  message.set_tenant(present.thing.tenant);
  message.set_version(present.version);
  message.set_stage(present.stage);
  message.set_stage_type(present.stage_type);
  // Only of what has pipelines.
  if (!present.pipeline.empty()) message.set_stage_key(present.stage_key);
  message.set_pipeline(present.pipeline);
  message.set_event_id(present.event_id.ToString());
  rpc::SetTime(present.effective, message.mutable_effective_time());
  rpc::SetTime(present.recorded, message.mutable_recorded_time());
}

}  // namespace

void CheckDigest(const v1::DigestStageEventsRequest& request, rpc::Validation& v) {
  if (request.after_sequence() < 0) v.Custom("after_sequence", "must not be negative");
  if (request.partition() < 0) v.Custom("partition", "must not be negative");
  if (request.through_sequence() < 0) {
    v.Custom("through_sequence", "must not be negative");
  } else if (request.through_sequence() > 0 &&
             request.through_sequence() <= request.after_sequence()) {
    v.Custom("through_sequence", "must be greater than after_sequence, or 0");
  }
}

absl::Status DigestStageEvents(const StageEventPorts& ports, const rpc::CallContext& context,
                               const v1::DigestStageEventsRequest& request,
                               v1::DigestStageEventsResponse& response) {
  const int partitions = ports.feeds.size();
  CRM_RETURN_IF_ERROR(CheckPartition(request.partition(), partitions));
  response.set_partitions(partitions);
  event::LogQuery query{.partition = request.partition(), .limit = kDigestPage};
  const int64_t through = request.through_sequence();
  if (through > 0 && through < INT64_MAX) query.before = through + 1;
  int64_t position = request.after_sequence();
  stage::EventDigest digest;
  for (int left = kMostDigested; left > 0; left -= kDigestPage) {
    query.after = position;
    CRM_ASSIGN_OR_RETURN(const event::LogPage page,
                         event::ReadLog(ports.pool, pg::Tenants::All(), query, context.deadline));
    if (left == kMostDigested) {
      position = std::max(position, page.floor_sequence - 1);
      response.set_begin_sequence(position + 1);
      response.set_last_sequence(page.last_sequence);
      response.set_floor_sequence(page.floor_sequence);
    }
    const absl::Status added = AddRows(page.rows, context, position, digest);
    if (!added.ok()) {
      if (position < response.begin_sequence()) return added;
      break;
    }
    if (page.rows.size() < static_cast<size_t>(kDigestPage)) break;
  }
  response.set_read_sequence(position);
  response.set_count(digest.count());
  response.set_sha256(digest.Finish());
  return absl::OkStatus();
}

void CheckPresentStages(const v1::ListPresentStagesRequest& request, rpc::Validation& v) {
  rpc::CheckCommonFields(request, "", v);
}

absl::Status ListPresentStages(const StageEventPorts& ports, const rpc::CallContext& context,
                               const v1::ListPresentStagesRequest& request,
                               v1::ListPresentStagesResponse& response) {
  CRM_ASSIGN_OR_RETURN(const base::TenantKey begin, BeginOf(context, request.page_token()));
  // Before the page: what comes later than these is in the page or not, what comes earlier is.
  CRM_ASSIGN_OR_RETURN(const std::vector<int64_t> sequences,
                       event::LastSequences(ports.pool, context.deadline));
  response.mutable_last_sequences()->Add(sequences.begin(), sequences.end());
  const int limit =
      request.page_size() == 0 ? kMostStages : std::min(request.page_size(), kMostStages);
  const std::optional<std::string> tenant =
      context.all_tenants ? std::nullopt : std::optional(context.tenant);
  CRM_ASSIGN_OR_RETURN(
      const std::vector<stage::PresentStage> found,
      stage::ReadPresentStages(ports.pool, tenant, begin, limit + 1, context.deadline));
  const size_t count = std::min(found.size(), static_cast<size_t>(limit));
  for (size_t i = 0; i < count; ++i) {
    CRM_ASSIGN_OR_RETURN(std::string subject, stage::SubjectOf(found[i].kind, found[i].thing.id));
    Show(found[i], std::move(subject), *response.add_stages());
  }
  if (found.size() > count) {
    const base::TenantKey& last = found[count - 1].thing;
    response.set_next_page_token(
        rpc::EncodePageToken(BoundTo(context), {last.tenant, last.id.ToString()}));
  }
  return absl::OkStatus();
}

}  // namespace crm::serving
