#include "services/opportunity/rpc/move_checks.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/request_checks.h"
#include "services/opportunity/domain/opportunity_rules.h"

namespace crm::opportunity {
namespace {

using rpc::kNameLimit;
using rpc::kOptional;
using rpc::kRequired;
using rpc::kTextLimit;
using rpc::Validation;

constexpr size_t kStageLimit = 63;
constexpr size_t kMostMoves = 500;
constexpr int64_t kLastVersion = 1'000'000'000;

void CheckStage(absl::string_view stage, Validation& v) {
  v.Text("stage", stage, {1, kStageLimit, kRequired});
}

}  // namespace

void Check(const v1::MoveOpportunityRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  CheckStage(request.stage(), v);
  v.Text("reason", request.reason(), {0, kTextLimit, kOptional});
  v.Text("override_reason", request.override_reason(), {0, kTextLimit, kOptional});
}

void Check(const v1::WinOpportunityRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  v.MoneyField("amount", request.has_amount(), request.amount(), kOptional);
  v.Text("override_reason", request.override_reason(), {0, kTextLimit, kOptional});
}

void Check(const v1::LoseOpportunityRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  v.Enum("loss_reason", request.loss_reason(), v1::LossReason_IsValid(request.loss_reason()),
         kRequired);
  const bool needs_note = NeedsNote(static_cast<LossReason>(request.loss_reason()));
  v.Text("note", request.note(), {0, kTextLimit, needs_note ? kRequired : kOptional});
  v.Text("competitor", request.competitor(), {0, kNameLimit, kOptional});
}

void Check(const v1::ReopenOpportunityRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  CheckStage(request.stage(), v);
  v.Text("reason", request.reason(), {1, kTextLimit, kRequired});
}

void Check(const v1::MoveToPipelineRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  v.SlugName("pipeline", request.pipeline(), kPipelines, kRequired);
  v.Text("stage", request.stage(), {0, kStageLimit, kOptional});
  v.Text("reason", request.reason(), {0, kTextLimit, kOptional});
  v.Text("override_reason", request.override_reason(), {0, kTextLimit, kOptional});
}

void Check(const v1::CheckMoveRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  CheckStage(request.stage(), v);
  v.MoneyField("amount", request.has_amount(), request.amount(), kOptional);
}

void Check(const v1::BatchMoveOpportunitiesRequest& request, Validation& v) {
  v.Count("requests", static_cast<size_t>(request.requests_size()), kMostMoves, 1);
  if (static_cast<size_t>(request.requests_size()) > kMostMoves) return;
  for (int i = 0; i < request.requests_size(); ++i) {
    Validation one(v.now());
    Check(request.requests(i), one);
    for (const error::FieldViolation& violation : one.violations()) {
      v.Custom(absl::StrCat("requests[", i, "].", violation.field), violation.description);
    }
  }
}

void Check(const v1::CorrectStageChangeRequest& request, Validation& v) {
  rpc::CheckCommonFields(request, kOpportunities, v);
  v.Number("version", request.version(), 1, kLastVersion);
  v.Text("stage", request.stage(), {0, kStageLimit, kOptional});
  v.Text("reason", request.reason(), {1, kTextLimit, kRequired});
  if (request.stage().empty() && !request.has_effective_time()) {
    v.Custom("stage", "must be given, or effective_time, or both");
  }
}

}  // namespace crm::opportunity
