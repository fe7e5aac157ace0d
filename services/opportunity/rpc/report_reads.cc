#include <functional>
#include <optional>
#include <vector>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/error/refusals.h"
#include "services/opportunity/rpc/report_handlers.h"
#include "services/opportunity/rpc/report_proto.h"

namespace crm::opportunity {
namespace {

constexpr int kOutcomeDays[] = {30, 60, 90, 120, 180, 365};
constexpr int kCurveDays[] = {7, 14, 30, 60, 90, 180};

// One report over all that was read.
class Run {
 public:
  template <class Req>
  Run(const ReportPorts& ports, const rpc::CallContext& context, const Req& request)
      : ports_(ports),
        context_(context),
        query_(QueryFrom(request.view(), request.scope(), request.groups(), ports.clock.Now())) {
    if constexpr (requires { request.period(); }) query_.period = PeriodFrom(request.period());
    needs_.view = query_.view;
  }

  ReportQuery& query() { return query_; }
  DealNeeds& needs() { return needs_; }
  absl::Time PeriodStart() const {
    return absl::FromCivil(query_.period.start, query_.groups.zone);
  }

  absl::Status Go(v1::ReportBasis& basis,
                  const std::function<absl::Status(const ReportGround&)>& begin,
                  const std::function<void(const SeenDeal&)>& add) {
    ToProto(query_, basis);
    return ports_.reports.Read(
        context_.tenant, needs_, context_.deadline,
        [&](const ReportGround& ground) {
          query_.order = StageOrder(ground.pipelines);
          basis.set_last_sequence(ground.last_sequence);
          return begin(ground);
        },
        [&](const Deal& deal) -> absl::Status {
          CRM_ASSIGN_OR_RETURN(const std::optional<SeenDeal> seen, See(deal, query_.view));
          if (seen) add(*seen);
          return absl::OkStatus();
        });
  }

 private:
  const ReportPorts& ports_;
  const rpc::CallContext& context_;
  ReportQuery query_;
  DealNeeds needs_;
};

absl::Status Nothing(const ReportGround&) { return absl::OkStatus(); }

template <class Days, size_t kSize>
std::vector<int> DaysFrom(const Days& given, const int (&otherwise)[kSize]) {
  if (given.empty()) return {std::begin(otherwise), std::end(otherwise)};
  return {given.begin(), given.end()};
}

template <class Message>
void SetKey(const GroupKey& key, Message& message) {
  message.mutable_key()->Assign(key.begin(), key.end());
}

}  // namespace

absl::Status SummarizePipeline(const ReportPorts& ports, const rpc::CallContext& context,
                               const v1::SummarizePipelineRequest& request,
                               v1::SummarizePipelineResponse& response) {
  Run run(ports, context, request);
  run.needs().open = true;
  PipelineSummary report(run.query());
  CRM_RETURN_IF_ERROR(
      run.Go(*response.mutable_basis(), Nothing, [&](const SeenDeal& deal) { report.Add(deal); }));
  for (const auto& [key, row] : report.rows().rows()) {
    v1::PipelineRow& message = *response.add_rows();
    SetKey(key, message);
    ToProto(row, message);
  }
  ToProto(report.total(), *response.mutable_total());
  return absl::OkStatus();
}

absl::Status QueryFunnel(const ReportPorts& ports, const rpc::CallContext& context,
                         const v1::QueryFunnelRequest& request, v1::QueryFunnelResponse& response) {
  Run run(ports, context, request);
  if (run.query().scope.pipeline.empty())
    run.query().scope.pipeline = std::string(kDefaultPipeline);
  run.needs().changes = true;
  run.needs().made_since = run.PeriodStart();  // nothing is opened after it was recorded
  std::optional<FunnelReport> report;
  const auto begin = [&](const ReportGround& ground) -> absl::Status {
    for (const Pipeline& pipeline : ground.pipelines) {
      if (pipeline.slug != run.query().scope.pipeline) continue;
      report.emplace(
          run.query(), FunnelStagesOf(pipeline),
          request.horizon_days() > 0 ? std::optional<int>(request.horizon_days()) : std::nullopt);
      return absl::OkStatus();
    }
    return error::NotFound(PipelineName(run.query().scope.pipeline));
  };
  CRM_RETURN_IF_ERROR(
      run.Go(*response.mutable_basis(), begin, [&](const SeenDeal& deal) { report->Add(deal); }));
  const std::vector<int> days = DaysFrom(request.outcome_days(), kOutcomeDays);
  for (const auto& [key, row] : report->rows().rows()) {
    v1::FunnelRow& message = *response.add_rows();
    SetKey(key, message);
    ToProto(row, report->stages(), days, message);
  }
  ToProto(report->total(), report->stages(), days, *response.mutable_total());
  response.set_immature(report->immature());
  return absl::OkStatus();
}

absl::Status QueryTimeInStage(const ReportPorts& ports, const rpc::CallContext& context,
                              const v1::QueryTimeInStageRequest& request,
                              v1::QueryTimeInStageResponse& response) {
  Run run(ports, context, request);
  run.needs().changes = true;
  run.needs().written_since = run.PeriodStart();
  StageTimeReport report(run.query());
  CRM_RETURN_IF_ERROR(
      run.Go(*response.mutable_basis(), Nothing, [&](const SeenDeal& deal) { report.Add(deal); }));
  const std::vector<int> days = DaysFrom(request.curve_days(), kCurveDays);
  for (const auto& [key, stages] : report.rows().rows()) {
    for (const auto& [stage, row] : stages) {
      v1::StageTimeRow& message = *response.add_rows();
      SetKey(key, message);
      message.set_stage_key(stage.second);
      ToProto(row, days, message);
    }
  }
  return absl::OkStatus();
}

absl::Status QueryWinRate(const ReportPorts& ports, const rpc::CallContext& context,
                          const v1::QueryWinRateRequest& request,
                          v1::QueryWinRateResponse& response) {
  Run run(ports, context, request);
  run.needs().changes = true;
  run.needs().written_since = run.PeriodStart();
  WinReport report(run.query());
  CRM_RETURN_IF_ERROR(
      run.Go(*response.mutable_basis(), Nothing, [&](const SeenDeal& deal) { report.Add(deal); }));
  for (const auto& [key, row] : report.rows().rows()) {
    v1::WinRow& message = *response.add_rows();
    SetKey(key, message);
    ToProto(row, message);
  }
  ToProto(report.total(), *response.mutable_total());
  return absl::OkStatus();
}

}  // namespace crm::opportunity
