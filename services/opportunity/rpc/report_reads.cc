#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/error/refusals.h"
#include "common/rpc/page_token.h"
#include "services/opportunity/rpc/report_handlers.h"
#include "services/opportunity/rpc/report_proto.h"

namespace crm::opportunity {
namespace {

constexpr int kOutcomeDays[] = {30, 60, 90, 120, 180, 365};
constexpr int kCurveDays[] = {7, 14, 30, 60, 90, 180};
constexpr int kSilentDays = 14;

template <class Days, size_t kSize>
std::vector<int> DaysFrom(const Days& given, const int (&otherwise)[kSize]) {
  if (given.empty()) return {std::begin(otherwise), std::end(otherwise)};
  return {given.begin(), given.end()};
}

// What is open and won in all currencies, told in one.
void AddConverted(const VelocityReport& report, const RateTable& rates,
                  v1::QuerySalesVelocityResponse& response) {
  using Row = std::pair<const std::string, VelocityReport::Row>;
  for (const auto& [key, row] : report.ConvertedGroups(rates)) {
    v1::VelocityRow& message = *response.add_converted();
    SetReportKey(key, message);
    ToProto(Row(rates.currency(), row), message);
  }
  const auto total =
      VelocityReport::ConvertedOf(&report.open().total(), &report.wins().total(), rates);
  ToProto(Row(rates.currency(), total), *response.mutable_converted_total());
}

absl::Status ReadPushes(ReportRun& run, RiskList& risks) {
  v1::ReportBasis of_no_interest;  // nothing that is read here was written after the instant
  run.needs().open = false;
  run.needs().versions_since = absl::UnixEpoch();
  run.needs().dates_alone = true;
  for (auto ids = risks.NextUnknown(); !ids.empty(); ids = risks.NextUnknown()) {
    run.needs().among = std::move(ids);
    CRM_RETURN_IF_ERROR(run.GoThrough(of_no_interest, OnAnyGround, [&](const Deal& deal) {
      risks.SetPushes(deal.id, PushesOf(deal, run.query().view));
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SummarizePipeline(const ReportPorts& ports, const rpc::CallContext& context,
                               const v1::SummarizePipelineRequest& request,
                               v1::SummarizePipelineResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().open = true;
  run.NeedFacts(false);
  PipelineSummary report(run.query());
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), OnAnyGround,
                             [&](const SeenDeal& deal) { report.Add(deal); }));
  for (const auto& [key, row] : report.rows().rows()) {
    v1::PipelineRow& message = *response.add_rows();
    SetReportKey(key, message);
    ToProto(row, run.query().rates, message);
  }
  ToProto(report.total(), run.query().rates, *response.mutable_total());
  return absl::OkStatus();
}

absl::Status QueryFunnel(const ReportPorts& ports, const rpc::CallContext& context,
                         const v1::QueryFunnelRequest& request, v1::QueryFunnelResponse& response) {
  ReportRun run(ports, context, request);
  if (run.query().scope.pipeline.empty())
    run.query().scope.pipeline = std::string(kDefaultPipeline);
  run.needs().changes = DealNeeds::Changes::kStays;
  run.needs().changed_in = run.ChangesInPeriod(ChangedIn::Kind::kOpened);
  // Nothing is opened after that was recorded, be it by a correction.
  run.needs().written_since = run.PeriodStart();
  run.NeedFacts(ReportRun::Now(request));
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
    SetReportKey(key, message);
    ToProto(row, report->stages(), days, message);
  }
  if (run.query().groups.by.empty() && response.rows_size() == 1) {
    *response.mutable_total() = response.rows(0);
  } else {
    ToProto(report->total(), report->stages(), days, *response.mutable_total());
  }
  response.set_immature(report->immature());
  return absl::OkStatus();
}

absl::Status QueryTimeInStage(const ReportPorts& ports, const rpc::CallContext& context,
                              const v1::QueryTimeInStageRequest& request,
                              v1::QueryTimeInStageResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().changes = DealNeeds::Changes::kAll;
  run.needs().changed_in = run.ChangesInPeriod(ChangedIn::Kind::kAny);
  run.needs().written_since = run.PeriodStart();
  run.NeedFacts(ReportRun::Now(request));
  StageTimeReport report(run.query());
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), OnAnyGround,
                             [&](const SeenDeal& deal) { report.Add(deal); }));
  const std::vector<int> days = DaysFrom(request.curve_days(), kCurveDays);
  for (const auto& [key, stages] : report.rows().rows()) {
    for (const auto& [stage, row] : stages) {
      v1::StageTimeRow& message = *response.add_rows();
      SetReportKey(key, message);
      message.set_stage_key(stage.second);
      ToProto(row, days, message);
    }
  }
  return absl::OkStatus();
}

absl::Status QueryWinRate(const ReportPorts& ports, const rpc::CallContext& context,
                          const v1::QueryWinRateRequest& request,
                          v1::QueryWinRateResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().changes = DealNeeds::Changes::kAll;
  run.needs().changed_in = run.ChangesInPeriod(ChangedIn::Kind::kClosed);
  run.needs().written_since = run.PeriodStart();
  run.NeedFacts(ReportRun::Now(request));
  WinReport report(run.query());
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), OnAnyGround,
                             [&](const SeenDeal& deal) { report.Add(deal); }));
  for (const auto& [key, row] : report.rows().rows()) {
    v1::WinRow& message = *response.add_rows();
    SetReportKey(key, message);
    ToProto(row, run.query().rates, message);
  }
  ToProto(report.total(), run.query().rates, *response.mutable_total());
  return absl::OkStatus();
}

absl::Status QueryFlow(const ReportPorts& ports, const rpc::CallContext& context,
                       const v1::QueryFlowRequest& request, v1::QueryFlowResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().changes = DealNeeds::Changes::kAll;
  run.needs().changed_in = run.ChangesInPeriod(ChangedIn::Kind::kAny);
  run.needs().written_since = run.PeriodStart();
  run.NeedFacts(ReportRun::Now(request));
  FlowReport report(run.query());
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), OnAnyGround,
                             [&](const SeenDeal& deal) { report.Add(deal); }));
  for (const auto& [key, moves] : report.rows().rows()) {
    for (const auto& [stages, row] : moves) {
      v1::FlowRow& message = *response.add_rows();
      SetReportKey(key, message);
      message.set_from_stage_key(std::get<1>(stages));
      message.set_to_stage_key(std::get<3>(stages));
      ToProto(row, run.query().rates, message);
    }
  }
  return absl::OkStatus();
}

absl::Status QuerySalesVelocity(const ReportPorts& ports, const rpc::CallContext& context,
                                const v1::QuerySalesVelocityRequest& request,
                                v1::QuerySalesVelocityResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().changes = DealNeeds::Changes::kAll;
  run.needs().changed_in = run.ChangesInPeriod(ChangedIn::Kind::kClosed);
  run.needs().or_open_since = run.Viewed();
  run.needs().open_by_facts = true;
  run.NeedFacts(false);
  VelocityReport report(run.query());
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), OnAnyGround,
                             [&](const SeenDeal& deal) { report.Add(deal); }));
  for (const auto& [key, rows] : report.Groups()) {
    for (const auto& row : rows) {
      v1::VelocityRow& message = *response.add_rows();
      SetReportKey(key, message);
      ToProto(row, message);
    }
  }
  for (const auto& row : VelocityReport::RowsOf(&report.open().total(), &report.wins().total())) {
    ToProto(row, *response.add_totals());
  }
  if (run.query().rates) AddConverted(report, *run.query().rates, response);
  return absl::OkStatus();
}

// First how long visits to stages last, then what is open, then how often the dates of those were
// put off of which that must be known.
absl::Status ListAtRisk(const ReportPorts& ports, const rpc::CallContext& context,
                        const v1::ListAtRiskRequest& request, v1::ListAtRiskResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().changes = DealNeeds::Changes::kStays;
  if (ReportRun::Now(request)) run.needs().facts = DealNeeds::Facts::kOfChanges;
  StagePace pace;
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), OnAnyGround, [&](const SeenDeal& deal) {
    pace.Add(deal, run.query().order, run.query().view.at);
  }));
  run.needs().changes = DealNeeds::Changes::kNone;
  run.needs().facts = DealNeeds::Facts::kAll;
  run.needs().open = true;
  const int silent_days = request.silent_days() > 0 ? request.silent_days() : kSilentDays;
  RiskList risks(static_cast<size_t>(rpc::EffectivePageSize(request.most_things())));
  CRM_RETURN_IF_ERROR(
      run.GoThrough(*response.mutable_basis(), OnAnyGround, [&](const Deal& deal) -> absl::Status {
        CRM_ASSIGN_OR_RETURN(const std::optional<SeenDeal> seen, See(deal, run.query().view));
        if (!seen) return absl::OkStatus();
        auto risky = RiskOf(deal, *seen, run.query(), pace, silent_days);
        if (risky) risks.Add(*std::move(risky));
        return absl::OkStatus();
      }));
  CRM_RETURN_IF_ERROR(ReadPushes(run, risks));
  response.set_total(risks.total());
  for (const RiskyDeal& deal : risks.Take()) {
    ToProto(deal, run.query().rates, *response.add_things());
  }
  return absl::OkStatus();
}

}  // namespace crm::opportunity
