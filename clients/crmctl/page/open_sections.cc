// What is open, and what is expected of it.

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <map>
#include <set>

#include "clients/crmctl/import/money_text.h"
#include "clients/crmctl/page/bar_chart.h"
#include "clients/crmctl/page/column_chart.h"
#include "clients/crmctl/page/sales_page.h"
#include "clients/crmctl/page/scale.h"
#include "clients/crmctl/report/figure_text.h"
#include "clients/crmctl/report/report_tables.h"

namespace crm::crmctl {
namespace {

namespace v1 = opportunity::v1;

// Of one currency; nullptr if there is none.
template <class Sums>
const auto* SumIn(const Sums& sums, const std::string& currency) {
  const auto found = std::find_if(sums.begin(), sums.end(),
                                  [&](const auto& sum) { return sum.currency_code() == currency; });
  return found == sums.end() ? nullptr : &*found;
}

Figure CountFigure(const SalesFigures& figures) {
  Figure figure{"Open opportunities by stage",
                "How many are open at the instant, and what they are "
                "worth in all.",
                {},
                nullptr,
                {}};
  const auto& answer = figures.open_by_stage.answer;
  if (answer.rows_size() == 0) return figure;
  BarChart chart{"Bars: how many opportunities are open in each stage", {}, 0, false};
  for (const v1::PipelineRow& row : answer.rows()) {
    std::string text = Grouped(row.count());
    if (row.overdue() > 0) absl::StrAppend(&text, " · ", Grouped(row.overdue()), " overdue");
    chart.bars.push_back({StageName(figures, row.key(0)), 0, static_cast<double>(row.count()),
                          std::nullopt, text, "s1"});
  }
  figure.draw = [chart](double width) { return DrawBars(chart, width); };
  figure.table = PipelineTable(answer, {"STAGE"});
  return figure;
}

Figure AmountFigure(const SalesFigures& figures, const std::string& currency) {
  Figure figure{absl::StrCat("Open amount by stage, ", currency),
                "Whole amounts, and within them what they weigh: amount × probability.",
                {{"weighted", "s1", false}, {"whole amount", "s1 pale", false}},
                nullptr,
                {{"STAGE", "COUNT", "AMOUNT", "WEIGHTED"}, {}, {}}};
  BarChart chart{"Bars: open amount of each stage in " + currency, {}, 0, false};
  for (const v1::PipelineRow& row : figures.open_by_stage.answer.rows()) {
    const v1::ReportSum* const sum = SumIn(row.sums(), currency);
    if (sum == nullptr) continue;
    const auto amount = static_cast<double>(sum->amount_minor());
    const auto weighted = static_cast<double>(sum->weighted_minor());
    chart.bars.push_back(
        {StageName(figures, row.key(0)), 0, amount, weighted, ShortMoney(amount, currency), "s1"});
    figure.table.rows.push_back({row.key(0), absl::StrCat(sum->count()),
                                 FormatMinor(sum->amount_minor(), currency),
                                 FormatMinor(sum->weighted_minor(), currency)});
  }
  figure.draw = [chart](double width) { return DrawBars(chart, width); };
  return figure;
}

// How forecast categories are drawn, from the ground up.
struct CategoryShade {
  v1::ForecastCategory category;
  const char* name;
  const char* shade;
};
constexpr CategoryShade kCategories[] = {
    {v1::FORECAST_CATEGORY_CLOSED, "won", "s2"},
    {v1::FORECAST_CATEGORY_COMMIT, "commit", "s1"},
    {v1::FORECAST_CATEGORY_BEST_CASE, "best case", "s1 mid"},
    {v1::FORECAST_CATEGORY_PIPELINE, "pipeline", "s1 pale"},
};

// Overdue ones, each month from the first to the last that has any, and those without a date.
using ColumnPlaces = std::map<std::pair<int, std::string>, size_t>;

ColumnPlaces AddColumns(const v1::QueryForecastResponse& answer, ColumnChart& chart) {
  ColumnPlaces places;
  const auto add = [&](int kind, const std::string& month, const std::string& label) {
    places[{kind, month}] = chart.columns.size();
    chart.columns.push_back({label, std::vector<double>(std::size(kCategories)), ""});
  };
  const auto has = [&answer](v1::ForecastRowKind kind) {
    return std::any_of(answer.rows().begin(), answer.rows().end(),
                       [kind](const v1::ForecastRow& row) { return row.kind() == kind; });
  };
  std::set<std::string> months;
  for (const v1::ForecastRow& row : answer.rows()) {
    if (row.kind() == v1::FORECAST_ROW_KIND_MONTH) months.insert(row.month());
  }
  if (has(v1::FORECAST_ROW_KIND_OVERDUE)) add(v1::FORECAST_ROW_KIND_OVERDUE, "", "overdue");
  if (!months.empty()) {
    for (const std::string& month : MonthsBetween(*months.begin(), *months.rbegin())) {
      add(v1::FORECAST_ROW_KIND_MONTH, month, MonthLabel(month, month == *months.begin()));
    }
  }
  if (has(v1::FORECAST_ROW_KIND_NO_DATE)) add(v1::FORECAST_ROW_KIND_NO_DATE, "", "no date");
  return places;
}

// What of a forecast is in `currency`.
v1::QueryForecastResponse OfCurrency(const v1::QueryForecastResponse& answer,
                                     const std::string& currency) {
  v1::QueryForecastResponse some;
  for (const v1::ForecastRow& row : answer.rows()) {
    const v1::ReportSum* const sum = SumIn(row.sums(), currency);
    if (sum == nullptr) continue;
    v1::ForecastRow& listed = *some.add_rows();
    listed = row;
    listed.set_count(sum->count());
    listed.clear_sums();
    *listed.add_sums() = *sum;
  }
  return some;
}

Figure ForecastFigure(const SalesFigures& figures, const std::string& currency) {
  Figure figure{
      absl::StrCat("Forecast by month, ", currency),
      "Won ones in full in the month of their closing, open ones weighted in that of their "
      "expected close date; lost ones not at all, omitted ones in the table alone.",
      {},
      nullptr,
      {}};
  ColumnChart chart{"Columns: forecast by month in " + currency, {}, {}, nullptr};
  for (const CategoryShade& it : kCategories) {
    chart.series.push_back({it.name, it.shade});
    figure.legend.push_back({it.name, it.shade, false});
  }
  const v1::QueryForecastResponse some = OfCurrency(figures.forecast.answer, currency);
  const ColumnPlaces places = AddColumns(some, chart);
  for (const v1::ForecastRow& row : some.rows()) {
    for (size_t i = 0; i < std::size(kCategories); ++i) {
      if (kCategories[i].category != row.category()) continue;
      chart.columns[places.at({row.kind(), row.month()})].parts[i] +=
          static_cast<double>(row.sums(0).weighted_minor());
    }
  }
  chart.tick = [currency](double minor) { return ShortAmount(minor, currency); };
  WriteSums(chart);
  figure.draw = [chart](double width) { return DrawColumns(chart, width); };
  figure.table = ForecastTable(some, {});
  return figure;
}

double ValueIn(const google::protobuf::RepeatedPtrField<v1::ForecastValue>& values,
               const std::string& currency) {
  const v1::ForecastValue* const value = SumIn(values, currency);
  return value == nullptr ? 0 : static_cast<double>(value->weighted_minor());
}

Figure ChangeFigure(const SalesFigures& figures, const std::string& currency) {
  const v1::CompareForecastsResponse& answer = figures.forecast_change.answer;
  Figure figure{
      absl::StrCat("Why the forecast changed since the month began, ", currency),
      "The forecast of the same months at the beginning of this month and at the instant, "
      "and what took it from the one to the other; overdue ones by their date.",
      {{"total", "s1", false}, {"more", "s2", false}, {"less", "s3", false}},
      nullptr,
      ComparisonTable(answer, false)};
  BarChart chart{"Waterfall: forecast in " + currency + " since the month began", {}, 0, true};
  const double before = ValueIn(answer.before(), currency);
  chart.bars.push_back({"before", 0, before, std::nullopt, ShortMoney(before, currency), "s1"});
  double at = before;
  for (const v1::ForecastDifference& part : answer.net()) {
    const double more = ValueIn(part.values(), currency);
    if (more == 0) continue;
    chart.bars.push_back({WordOf(part.part()), at, at + more, std::nullopt,
                          absl::StrCat(more > 0 ? "+" : "", ShortMoney(more, currency)),
                          more > 0 ? "s2" : "s3"});
    at += more;
  }
  const double after = ValueIn(answer.after(), currency);
  chart.bars.push_back({"now", 0, after, std::nullopt, ShortMoney(after, currency), "s1"});
  figure.draw = [chart](double width) { return DrawBars(chart, width); };
  return figure;
}

}  // namespace

Section PipelineSection(const SalesFigures& figures) {
  Section section{"pipeline", "Pipeline", {CountFigure(figures)}};
  for (const v1::ReportSum& sum : figures.open_by_stage.answer.total().sums()) {
    section.figures.push_back(AmountFigure(figures, sum.currency_code()));
  }
  return section;
}

Section ForecastSection(const SalesFigures& figures) {
  Section section{"forecast", "Forecast", {}};
  std::set<std::string> expected;
  for (const v1::ForecastRow& row : figures.forecast.answer.rows()) {
    for (const v1::ReportSum& sum : row.sums()) expected.insert(sum.currency_code());
  }
  std::set<std::string> changed;
  const v1::CompareForecastsResponse& change = figures.forecast_change.answer;
  for (const auto* const values : {&change.before(), &change.after()}) {
    for (const v1::ForecastValue& value : *values) changed.insert(value.currency_code());
  }
  for (const std::string& currency : expected) {
    section.figures.push_back(ForecastFigure(figures, currency));
  }
  for (const std::string& currency : changed) {
    section.figures.push_back(ChangeFigure(figures, currency));
  }
  if (section.figures.empty())
    section.figures.push_back({"Forecast by month", "", {}, nullptr, {}});
  return section;
}

Section RiskSection(const SalesFigures& figures) {
  const v1::ListAtRiskResponse& answer = figures.at_risk.answer;
  Figure figure{"Opportunities at risk",
                "Open ones that are longer in their stage than three in four of the won ones were "
                "(p75), overdue, put off twice or more often, without any change for two weeks or "
                "without a next step; those with more reasons first.",
                {},
                nullptr,
                WithoutEmptyColumns(RiskTable(answer, {}))};
  if (answer.total() > answer.things_size()) {
    absl::StrAppend(&figure.note, " The first ", answer.things_size(), " of ",
                    Grouped(answer.total()), ".");
  }
  return {"at-risk", "At risk", {figure}};
}

}  // namespace crm::crmctl
