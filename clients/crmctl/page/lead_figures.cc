#include "clients/crmctl/page/lead_figures.h"

#include <absl/strings/str_format.h>

#include <cmath>

#include "clients/crmctl/page/bar_chart.h"
#include "clients/crmctl/page/column_chart.h"
#include "clients/crmctl/report/figure_text.h"

namespace crm::crmctl {
namespace {

constexpr int kWithinMinutes[] = {1, 5, 15, 60, 240, 1440, 4320, 10080};

std::string SourceName(const std::string& key) { return key.empty() ? "(not known)" : Spoken(key); }

std::string StepName(lead::v1::FunnelStep step) {
  const auto* const value = lead::v1::FunnelStep_descriptor()->FindValueByNumber(step);
  return value == nullptr ? "" : Spoken(WordOf(*value));
}

int64_t ReachedOf(const lead::v1::LeadFunnelRow& row, lead::v1::FunnelStep wanted) {
  for (const lead::v1::LeadFunnelStep& step : row.steps()) {
    if (step.step() == wanted) return step.reached();
  }
  return 0;
}

std::string ShareText(int64_t part, int64_t all) {
  if (all == 0) return "";
  return absl::StrFormat("%.0f %%", 100.0 * static_cast<double>(part) / static_cast<double>(all));
}

Figure SourceFigure(const lead::v1::QueryLeadFunnelResponse& answer) {
  Figure figure{"Leads by source",
                "Leads that came in during the period, and how many of them are converted.",
                {{"converted", "s2", false}, {"came in", "s2 pale", false}},
                nullptr,
                {{"SOURCE"}, {}, {}}};
  for (const lead::v1::LeadFunnelStep& step : answer.total().steps()) {
    figure.table.titles.push_back(StepName(step.step()));
  }
  figure.table.titles.push_back("CONVERTED SHARE");
  BarChart chart{"Bars: leads of each source", {}, 0, false};
  for (const lead::v1::LeadFunnelRow& row : answer.rows()) {
    const int64_t converted = ReachedOf(row, lead::v1::FUNNEL_STEP_CONVERTED);
    const std::string share = ShareText(converted, row.created());
    chart.bars.push_back({SourceName(row.key(0)), 0, static_cast<double>(row.created()),
                          static_cast<double>(converted),
                          absl::StrCat(Grouped(row.created()), " · ", share), "s2"});
    std::vector<std::string>& cells = figure.table.rows.emplace_back();
    cells.push_back(SourceName(row.key(0)));
    for (const lead::v1::LeadFunnelStep& step : row.steps()) {
      cells.push_back(absl::StrCat(step.reached()));
    }
    cells.push_back(share);
  }
  figure.draw = [chart](double width) { return DrawBars(chart, width); };
  return figure;
}

Figure StepFigure(const lead::v1::LeadFunnelRow& row) {
  Figure figure{
      "Lead funnel",
      "Of the leads that came in during the period, how many came so far or beyond, each "
      "counted once, whatever became of it.",
      {},
      nullptr,
      {{"STEP", "ENTERED", "REACHED", "OF PREVIOUS", "OF CREATED", "MEDIAN DAYS", "P90"}, {}, {}}};
  if (row.created() == 0) return figure;
  const auto some = [](bool has, double value) {
    return has ? std::optional<double>(value) : std::nullopt;
  };
  BarChart chart{"Bars: how many leads reached each step", {}, 0, false};
  for (const lead::v1::LeadFunnelStep& step : row.steps()) {
    chart.bars.push_back(
        {StepName(step.step()), 0, static_cast<double>(step.reached()), std::nullopt,
         absl::StrCat(Grouped(step.reached()), " · ", ShareText(step.reached(), row.created())),
         step.step() == lead::v1::FUNNEL_STEP_WON ? "s2" : "s1"});
    figure.table.rows.push_back(
        {StepName(step.step()), absl::StrCat(step.entered()), absl::StrCat(step.reached()),
         PercentText(some(step.has_rate_from_previous(), step.rate_from_previous())),
         PercentText(some(step.has_rate_from_created(), step.rate_from_created())),
         DaysText(some(step.has_median_days(), step.median_days())),
         DaysText(some(step.has_p90_days(), step.p90_days()))});
  }
  figure.draw = [chart](double width) { return DrawBars(chart, width); };
  return figure;
}

std::string WaitText(bool known, double minutes) {
  return known ? MinutesText(static_cast<int>(std::lround(minutes))) : "";
}

Figure ResponseFigure(const lead::v1::ResponseRow& row) {
  Figure figure{
      "First response",
      "Share of the leads that had a first response so soon after they came in; those that "
      "wait count for as long as they have waited (Kaplan and Meier).",
      {},
      nullptr,
      {{"WITHIN", "RESPONDED", "SHARE"}, {}, {}}};
  if (row.leads() == 0) return figure;
  if (row.responded() == 0) {
    absl::StrAppend(&figure.note, " Nobody was responded to.");
    return figure;
  }
  if (row.has_median_minutes()) {
    absl::StrAppend(&figure.note, " Half of them within ", WaitText(true, row.median_minutes()),
                    ".");
  }
  const auto percent = [](double share) { return absl::StrFormat("%.0f %%", share * 100); };
  ColumnChart chart{"Columns: share responded to within times", {{"responded", "s1"}}, {}, percent};
  for (const lead::v1::ResponseShare& share : row.shares()) {
    chart.columns.push_back(
        {MinutesText(share.minutes()), {share.share()}, percent(share.share())});
    figure.table.rows.push_back({MinutesText(share.minutes()), absl::StrCat(share.responded()),
                                 PercentText(share.share())});
  }
  figure.draw = [chart](double width) { return DrawColumns(chart, width); };
  return figure;
}

Figure WaitFigure(const lead::v1::QueryResponseTimeResponse& answer) {
  Figure figure{
      "First response by source",
      "",
      {},
      nullptr,
      {{"SOURCE", "LEADS", "RESPONDED", "WAITING", "ENDED WITHOUT", "MEDIAN", "P90"}, {}, {}}};
  for (const lead::v1::ResponseRow& row : answer.rows()) {
    figure.table.rows.push_back({SourceName(row.key(0)), absl::StrCat(row.leads()),
                                 absl::StrCat(row.responded()), absl::StrCat(row.waiting()),
                                 absl::StrCat(row.ended_without()),
                                 WaitText(row.has_median_minutes(), row.median_minutes()),
                                 WaitText(row.has_p90_minutes(), row.p90_minutes())});
  }
  return figure;
}

}  // namespace

absl::StatusOr<LeadFigures> AskForLeads(const client::Client& client,
                                        const opportunity::v1::ReportView& view,
                                        const opportunity::v1::ReportScope& scope,
                                        const opportunity::v1::ReportPeriod& period) {
  LeadFigures figures;
  LeadFigures::ForEach(figures, [&](auto& asked) {
    lead::v1::ReportView& to = *asked.request.mutable_view();
    to.set_clock(static_cast<lead::v1::ReportClock>(view.clock()));
    if (view.has_as_of()) *to.mutable_as_of() = view.as_of();
    if (view.has_known_at()) *to.mutable_known_at() = view.known_at();
    to.set_time_zone(view.time_zone());
    to.set_fiscal_year_start_month(view.fiscal_year_start_month());
    *asked.request.mutable_scope()->mutable_owners() = scope.owners();
    *asked.request.mutable_scope()->mutable_sources() = scope.lead_sources();
    *asked.request.mutable_period()->mutable_start() = period.start();
    *asked.request.mutable_period()->mutable_end() = period.end();
    asked.request.mutable_groups()->add_by(lead::v1::REPORT_GROUPING_SOURCE);
  });
  for (const int minutes : kWithinMinutes) {
    figures.response_by_source.request.add_within_minutes(minutes);
  }
  CRM_RETURN_IF_ERROR(AskAll(client, figures));
  return figures;
}

Section LeadSection(const LeadFigures& figures) {
  return {"leads",
          "Leads",
          {SourceFigure(figures.by_source.answer), StepFigure(figures.by_source.answer.total()),
           ResponseFigure(figures.response_by_source.answer.total()),
           WaitFigure(figures.response_by_source.answer)}};
}

std::string MinutesText(int minutes) {
  constexpr int kHour = 60;
  constexpr int kDay = 24 * kHour;
  if (minutes >= 2 * kDay) return absl::StrFormat("%.3g days", minutes * 1.0 / kDay);
  if (minutes == kDay) return "1 day";
  if (minutes >= kHour) return absl::StrFormat("%.3g h", minutes * 1.0 / kHour);
  return absl::StrCat(minutes, " min");
}

}  // namespace crm::crmctl
