// What was won and lost, how far things came and how long they took.

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <map>
#include <set>

#include "clients/crmctl/import/money_text.h"
#include "clients/crmctl/page/bar_chart.h"
#include "clients/crmctl/page/column_chart.h"
#include "clients/crmctl/page/line_chart.h"
#include "clients/crmctl/page/sales_page.h"
#include "clients/crmctl/page/scale.h"
#include "clients/crmctl/report/figure_text.h"
#include "clients/crmctl/report/report_tables.h"

namespace crm::crmctl {
namespace {

namespace v1 = opportunity::v1;

constexpr size_t kMostOwners = 20;
constexpr size_t kShades = 6;

std::string WholePercent(double share) { return absl::StrFormat("%.0f %%", share * 100); }

std::vector<std::string> MonthsOf(const v1::QueryWinRateResponse& answer) {
  if (answer.rows_size() == 0) return {};
  return MonthsBetween(answer.rows(0).key(0), answer.rows(answer.rows_size() - 1).key(0));
}

Figure WonFigure(const SalesFigures& figures, const std::string& currency) {
  const v1::QueryWinRateResponse& answer = figures.wins_by_month.answer;
  Figure figure{absl::StrCat("Won by month, ", currency),
                "Amounts as they were at the closing, in the month of the closing.",
                {},
                nullptr,
                WinTable(answer, {"MONTH"})};
  ColumnChart chart{
      "Columns: amount won in each month in " + currency, {{"won", "s2"}}, {}, nullptr};
  const std::vector<std::string> months = MonthsOf(answer);
  for (const std::string& month : months) {
    double won = 0;
    for (const v1::WinRow& row : answer.rows()) {
      if (row.key(0) != month) continue;
      for (const v1::WinSum& sum : row.sums()) {
        if (sum.currency_code() == currency) won = static_cast<double>(sum.won_minor());
      }
    }
    chart.columns.push_back({MonthLabel(month, month == months[0]), {won}, ""});
  }
  chart.tick = [currency](double minor) { return ShortAmount(minor, currency); };
  WriteSums(chart);
  figure.draw = [chart](double width) { return DrawColumns(chart, width); };
  return figure;
}

Figure ClosedFigure(const SalesFigures& figures) {
  const v1::QueryWinRateResponse& answer = figures.wins_by_month.answer;
  Figure figure{"Won and lost by month",
                "How many were closed in each month; above each column the share that was won.",
                {{"won", "s2", false}, {"lost", "s3", false}},
                nullptr,
                WinTable(answer, {"MONTH"})};
  ColumnChart chart{"Columns: how many were won and lost in each month",
                    {{"won", "s2"}, {"lost", "s3"}},
                    {},
                    nullptr};
  const std::vector<std::string> months = MonthsOf(answer);
  for (const std::string& month : months) {
    StackedColumn column{MonthLabel(month, month == months[0]), {0, 0}, ""};
    for (const v1::WinRow& row : answer.rows()) {
      if (row.key(0) != month) continue;
      column.parts = {static_cast<double>(row.won()), static_cast<double>(row.lost())};
      if (row.has_rate()) column.text = WholePercent(row.rate());
    }
    chart.columns.push_back(column);
  }
  chart.tick = [](double count) { return Grouped(static_cast<int64_t>(count)); };
  figure.draw = [chart](double width) { return DrawColumns(chart, width); };
  return figure;
}

Figure OwnerFigure(const SalesFigures& figures) {
  const v1::QueryWinRateResponse& answer = figures.wins_by_owner.answer;
  Figure figure{
      "Win rate by owner",
      "Won of what was won or lost, by who owned it at the closing; those who closed the most "
      "first.",
      {},
      nullptr,
      WinTable(answer, {"OWNER"})};
  std::vector<const v1::WinRow*> rows;
  for (const v1::WinRow& row : answer.rows()) rows.push_back(&row);
  std::stable_sort(rows.begin(), rows.end(), [](const v1::WinRow* a, const v1::WinRow* b) {
    return a->won() + a->lost() > b->won() + b->lost();
  });
  if (rows.size() > kMostOwners) {
    rows.resize(kMostOwners);
    absl::StrAppend(&figure.note, " The first ", kMostOwners, "; the table has all.");
  }
  BarChart chart{"Bars: win rate of each owner", {}, 1, false};
  for (const v1::WinRow* const row : rows) {
    const std::string owner = row->key(0).empty() ? "(nobody)" : row->key(0);
    chart.bars.push_back(
        {owner, 0, row->rate(), std::nullopt,
         absl::StrCat(WholePercent(row->rate()), " of ", Grouped(row->won() + row->lost())), "s2"});
  }
  figure.draw = [chart](double width) { return DrawBars(chart, width); };
  return figure;
}

Figure LossFigure(const std::string& title, const std::string& note, const std::string& column,
                  const google::protobuf::RepeatedPtrField<v1::LossPart>& parts,
                  const std::function<std::string(const std::string&)>& name) {
  Figure figure{title, note, {}, nullptr, {{column, "COUNT", "AMOUNT"}, {}, {}}};
  std::vector<const v1::LossPart*> sorted;
  for (const v1::LossPart& part : parts) sorted.push_back(&part);
  std::stable_sort(sorted.begin(), sorted.end(), [](const v1::LossPart* a, const v1::LossPart* b) {
    return a->count() > b->count();
  });
  BarChart chart{"Bars: " + title, {}, 0, false};
  for (const v1::LossPart* const part : sorted) {
    chart.bars.push_back({name(part->key()), 0, static_cast<double>(part->count()), std::nullopt,
                          Grouped(part->count()), "s3"});
    figure.table.rows.push_back(
        {name(part->key()), absl::StrCat(part->count()), SumsText(part->sums(), false)});
  }
  figure.draw = [chart](double width) { return DrawBars(chart, width); };
  return figure;
}

Figure ReachedFigure(const SalesFigures& figures) {
  const v1::FunnelRow& row = figures.funnel.answer.total();
  Figure figure{
      "Funnel",
      "Of what was opened in the period, how many came to a stage or beyond it, each counted "
      "once, whatever became of it.",
      {},
      nullptr,
      {}};
  if (row.opened() == 0) return figure;
  figure.table = FunnelTable(figures.funnel.answer, {});
  BarChart chart{"Bars: how many reached each stage", {}, 0, false};
  const auto opened = static_cast<double>(row.opened());
  chart.bars.push_back({"Opened", 0, opened, std::nullopt, Grouped(row.opened()), "s1"});
  for (const v1::FunnelStage& stage : row.stages()) {
    const auto reached = static_cast<double>(stage.reached());
    std::string text =
        absl::StrCat(Grouped(stage.reached()), " · ", WholePercent(reached / opened));
    chart.bars.push_back({StageName(figures, stage.stage_key()), 0, reached, std::nullopt, text,
                          stage.type() == v1::STAGE_TYPE_WON ? "s2" : "s1"});
  }
  figure.draw = [chart](double width) { return DrawBars(chart, width); };
  return figure;
}

Figure OutcomeFigure(const SalesFigures& figures) {
  const v1::FunnelRow& row = figures.funnel.answer.total();
  Figure figure{
      "What had become of them",
      "Share won, still open and lost so many days after opening; what is open counts for as "
      "long as it was seen (Aalen and Johansen).",
      {{"won", "s2", false}, {"open", "s1 pale", false}, {"lost", "s3", false}},
      nullptr,
      {{"DAYS", "WON", "OPEN", "LOST"}, {}, {}}};
  if (row.opened() == 0) return figure;
  ColumnChart chart{"Columns: shares won, open and lost after days",
                    {{"won", "s2"}, {"open", "s1 pale"}, {"lost", "s3"}},
                    {},
                    WholePercent};
  for (const v1::OutcomeShares& it : row.outcomes()) {
    chart.columns.push_back(
        {absl::StrCat(it.days(), " d"), {it.won(), it.open(), it.lost()}, WholePercent(it.won())});
    figure.table.rows.push_back({absl::StrCat(it.days()), PercentText(it.won()),
                                 PercentText(it.open()), PercentText(it.lost())});
  }
  figure.draw = [chart](double width) { return DrawColumns(chart, width); };
  return figure;
}

}  // namespace

Section WinsSection(const SalesFigures& figures) {
  const v1::WinRow& total = figures.wins_by_month.answer.total();
  Section section{"wins", "Won and lost", {}};
  for (const v1::WinSum& sum : total.sums()) {
    if (sum.won_minor() == 0) continue;
    section.figures.push_back(WonFigure(figures, sum.currency_code()));
  }
  for (Figure figure : {ClosedFigure(figures), OwnerFigure(figures)}) {
    if (total.won() + total.lost() == 0) figure.table.rows.clear();  // a total of nothing
    section.figures.push_back(std::move(figure));
  }
  if (total.lost() == 0) return section;
  section.figures.push_back(LossFigure("Why lost", "Of what was lost in the period.", "REASON",
                                       total.loss_reasons(), Spoken));
  section.figures.push_back(LossFigure(
      "From where lost", "The stage that they were lost from.", "STAGE", total.lost_from(),
      [&figures](const std::string& key) { return StageName(figures, key); }));
  return section;
}

Section FunnelSection(const SalesFigures& figures) {
  return {"funnel", "Funnel", {ReachedFigure(figures), OutcomeFigure(figures)}};
}

Section StageTimeSection(const SalesFigures& figures) {
  const v1::QueryTimeInStageResponse& answer = figures.stage_times.answer;
  Figure figure{
      "Still in the stage after days",
      "Share of the visits begun in the period that last longer; running ones count for as "
      "long as they were seen (Kaplan and Meier).",
      {},
      nullptr,
      StageTimeTable(answer, {})};
  LineChart chart{"Curves: share still in each stage after days", {}, 1, nullptr, WholePercent};
  chart.tick_x = [](double day) { return absl::StrFormat("%.0f d", day); };
  for (const v1::StageTimeRow& row : answer.rows()) {
    const std::string shade = absl::StrCat("l", chart.curves.size() % kShades + 1);
    Curve curve{StageName(figures, row.stage_key()), shade, {}, true};
    for (const v1::StillThere& point : row.curve()) {
      curve.points.emplace_back(point.days(), point.share());
    }
    figure.legend.push_back({curve.name, shade, true});
    chart.curves.push_back(std::move(curve));
  }
  figure.draw = [chart](double width) { return DrawLines(chart, width); };
  return {"stage-times", "Time in stage", {figure}};
}

}  // namespace crm::crmctl
