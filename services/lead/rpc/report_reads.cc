#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/rpc/report_requests.h"
#include "services/lead/rpc/report_handlers.h"
#include "services/lead/rpc/report_proto.h"

namespace crm::lead {
namespace {

constexpr int kWithinMinutes[] = {5, 60, 24 * 60};
constexpr int kWithinDays[] = {7, 30, 90};

template <class Points, size_t kSize>
std::vector<int> PointsFrom(const Points& given, const int (&otherwise)[kSize]) {
  if (given.empty()) return {std::begin(otherwise), std::end(otherwise)};
  return {given.begin(), given.end()};
}

// One report over all that it needs: what it was asked, and the reading.
class ReportRun {
 public:
  template <class Req>
  ReportRun(const ReportPorts& ports, const rpc::CallContext& context, const Req& request)
      : ports_(ports),
        context_(context),
        query_(QueryFrom(request.view(), request.scope(), request.groups(), request.period(),
                         ports.clock.Now())) {
    needs_.view = query_.view;
    needs_.attributes =
        !query_.scope.attributes.empty() || query_.groups.Have(ReportGrouping::kAttribute);
  }

  const ReportQuery& query() const { return query_; }
  StoryNeeds& needs() { return needs_; }
  // The days of the period.
  TimeSpan Span() const {
    return {absl::FromCivil(query_.period.start, query_.groups.zone),
            absl::FromCivil(query_.period.end, query_.groups.zone)};
  }

  // Calls `add` with each lead as it is seen from the viewpoint. Fills in the basis. Blocks as
  // ReportReads::Read.
  template <class Report>
  absl::Status Go(v1::ReportBasis& basis, Report& report) const {
    rpc::SetReportBasis(query_.view, query_.groups.zone, basis);
    basis.set_fiscal_year_start_month(query_.groups.fiscal_start);
    const auto visit = [&](const LeadStory& story) {
      if (const auto seen = See(story, query_.view)) report.Add(*seen);
      return absl::OkStatus();
    };
    CRM_ASSIGN_OR_RETURN(const ReportGround ground,
                         ports_.reports.Read(context_.tenant, needs_, context_.deadline, visit));
    rpc::SetSequences(ground.last_sequences, basis);
    basis.set_opportunity_sequence(ground.opportunity_sequences[0]);
    basis.mutable_opportunity_sequences()->Assign(ground.opportunity_sequences.begin(),
                                                  ground.opportunity_sequences.end());
    return absl::OkStatus();
  }

 private:
  const ReportPorts& ports_;
  const rpc::CallContext& context_;
  const ReportQuery query_;
  StoryNeeds needs_;
};

// Rows, and everything together without a key; `more` follows the row.
template <class Row, class Response, class... More>
void TellRows(const ReportRows<Row>& rows, Response& response, const More&... more) {
  for (const auto& [key, row] : rows.rows()) {
    auto& message = *response.add_rows();
    message.mutable_key()->Assign(key.begin(), key.end());
    ToProto(row, more..., message);
  }
  if (rows.one()) {
    *response.mutable_total() = response.rows(0);
  } else {
    ToProto(rows.total(), more..., *response.mutable_total());
  }
}

}  // namespace

absl::Status QueryLeadFunnel(const ReportPorts& ports, const rpc::CallContext& context,
                             const v1::QueryLeadFunnelRequest& request,
                             v1::QueryLeadFunnelResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().created = run.Span();
  run.needs().sales = true;
  // When a response was recorded is known by the versions alone.
  run.needs().all_versions = run.query().view.clock == report::Clock::kRecorded;
  LeadFunnelReport report(run.query(), request.horizon_days() > 0
                                           ? std::optional<int>(request.horizon_days())
                                           : std::nullopt);
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), report));
  TellRows(report.rows(), response);
  response.set_immature(report.immature());
  return absl::OkStatus();
}

absl::Status QueryResponseTime(const ReportPorts& ports, const rpc::CallContext& context,
                               const v1::QueryResponseTimeRequest& request,
                               v1::QueryResponseTimeResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().created = run.Span();
  // So is whose the lead was then.
  run.needs().all_versions = run.query().view.clock == report::Clock::kRecorded ||
                             run.query().groups.Have(ReportGrouping::kOwner) ||
                             !run.query().scope.owners.empty();
  ResponseReport report(run.query(), PointsFrom(request.within_minutes(), kWithinMinutes));
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), report));
  TellRows(report.rows(), response, report.minutes());
  return absl::OkStatus();
}

absl::Status QueryQualification(const ReportPorts& ports, const rpc::CallContext& context,
                                const v1::QueryQualificationRequest& request,
                                v1::QueryQualificationResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().decided = run.Span();
  run.needs().verdicts = true;
  QualificationReport report(run.query());
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), report));
  TellRows(report.rows(), response);
  return absl::OkStatus();
}

absl::Status QueryConversion(const ReportPorts& ports, const rpc::CallContext& context,
                             const v1::QueryConversionRequest& request,
                             v1::QueryConversionResponse& response) {
  ReportRun run(ports, context, request);
  run.needs().created = run.Span();
  run.needs().sales = true;
  ConversionReport report(run.query(), PointsFrom(request.within_days(), kWithinDays));
  CRM_RETURN_IF_ERROR(run.Go(*response.mutable_basis(), report));
  TellRows(report.rows(), response, report.days());
  return absl::OkStatus();
}

}  // namespace crm::lead
