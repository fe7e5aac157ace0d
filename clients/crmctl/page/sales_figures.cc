#include "clients/crmctl/page/sales_figures.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/rpc/proto_values.h"

namespace crm::crmctl {
namespace {

namespace v1 = opportunity::v1;

constexpr int kCurvePoints = 80;
constexpr int kMostDays = 3650;

// The first instant of the month of `at`, in the zone of the view.
absl::StatusOr<absl::Time> MonthStart(const v1::ReportView& view, absl::Time at) {
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!view.time_zone().empty() && !absl::LoadTimeZone(view.time_zone(), &zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("The time zone ", view.time_zone(), " is not known here."));
  }
  return absl::FromCivil(absl::CivilMonth(absl::ToCivilMonth(at, zone)), zone);
}

// Days at which to tell the curves, so that they are told beyond the 90th percentile of each.
void SetCurveDays(const v1::QueryTimeInStageResponse& answer,
                  v1::QueryTimeInStageRequest& request) {
  double last = 7;
  for (const v1::StageTimeRow& row : answer.rows()) {
    last = std::max({last, row.p90_days(), row.median_days(), row.restricted_mean_days()});
  }
  const int end = std::min(kMostDays, static_cast<int>(std::ceil(last * 1.25)));
  const int step = (end + kCurvePoints - 1) / kCurvePoints;
  for (int day = 0; day < end + step; day += step) request.add_curve_days(std::min(day, kMostDays));
}

void Group(v1::QueryWinRateRequest& request, v1::ReportGrouping grouping) {
  request.mutable_groups()->add_by(grouping);
}

void Fill(const SalesQuestion& question, const v1::ReportView& view, SalesFigures& figures) {
  SalesFigures::ForEach(figures, [&](auto& asked) {
    *asked.request.mutable_view() = view;
    *asked.request.mutable_scope() = question.scope;
    if constexpr (requires { asked.request.mutable_period(); }) {
      *asked.request.mutable_period() = question.period;
    }
  });
  *figures.forecast.request.mutable_period() = question.forecast_period;
  *figures.forecast_change.request.mutable_period() = question.forecast_period;
  Group(figures.wins_by_month.request, v1::REPORT_GROUPING_MONTH);
  Group(figures.wins_by_owner.request, v1::REPORT_GROUPING_OWNER);
  Group(figures.wins_by_stage.request, v1::REPORT_GROUPING_STAGE);
  figures.at_risk.request.set_most_things(question.most_at_risk);
}

// The view of all other reports: of the same instant, and of what was known when the first was
// answered.
v1::ReportView ViewFrom(v1::ReportView view, const v1::ReportBasis& basis) {
  *view.mutable_as_of() = basis.as_of();
  if (basis.clock() != v1::REPORT_CLOCK_RECORDED) *view.mutable_known_at() = basis.known_at();
  return view;
}

absl::StatusOr<std::optional<LeadFigures>> LeadsIfTold(const client::Client& client,
                                                       const v1::ReportView& view,
                                                       const SalesQuestion& question) {
  auto leads = AskForLeads(client, view, question.scope, question.period);
  if (leads.ok()) return std::optional<LeadFigures>(*std::move(leads));
  if (absl::IsUnimplemented(leads.status()) || absl::IsFailedPrecondition(leads.status())) {
    return std::optional<LeadFigures>();
  }
  return leads.status();
}

}  // namespace

absl::StatusOr<SalesFigures> AskForSales(const client::Client& client,
                                         const SalesQuestion& question) {
  v1::SummarizePipelineRequest first;
  *first.mutable_view() = question.view;
  *first.mutable_scope() = question.scope;
  CRM_ASSIGN_OR_RETURN(const auto basis, client.Call(first));
  const v1::ReportView view = ViewFrom(question.view, basis.basis());
  CRM_ASSIGN_OR_RETURN(const absl::Time month_start, MonthStart(view, rpc::TimeFrom(view.as_of())));
  SalesFigures figures;
  Fill(question, view, figures);
  figures.open_by_stage.request.mutable_groups()->add_by(v1::REPORT_GROUPING_STAGE);
  rpc::SetTime(month_start, figures.forecast_change.request.mutable_first_as_of());
  CRM_ASSIGN_OR_RETURN(const auto times, client.Call(figures.stage_times.request));
  SetCurveDays(times, figures.stage_times.request);
  CRM_RETURN_IF_ERROR(AskAll(client, figures));
  CRM_ASSIGN_OR_RETURN(figures.leads, LeadsIfTold(client, view, question));
  return figures;
}

std::string JsonOf(const SalesFigures& figures) {
  std::vector<std::string> questions = QuestionsAsJson(figures);
  if (figures.leads) {
    for (std::string& question : QuestionsAsJson(*figures.leads)) {
      questions.push_back(std::move(question));
    }
  }
  return absl::StrCat("{\"questions\":[\n", absl::StrJoin(questions, ",\n"), "\n]}\n");
}

}  // namespace crm::crmctl
