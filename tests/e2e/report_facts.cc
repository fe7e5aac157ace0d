#include "tests/e2e/report_facts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "common/rpc/proto_values.h"
#include "tests/e2e/forecast_facts.h"
#include "tests/e2e/report_asking.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/report_script.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

namespace v1 = opportunity::v1;

void AddOpen(const client::Client& client, Figures& figures) {
  for (absl::CivilMonth month(2017, 1); month <= absl::CivilMonth(2018, 1); ++month) {
    const absl::CivilDay day = absl::CivilDay(month) - 1;
    const auto total = Ask(client, AsOf<v1::SummarizePipelineRequest>(day)).total();
    const std::string name = absl::StrCat("open.", absl::FormatCivilTime(day));
    Put(figures, name + ".count", static_cast<double>(total.count()));
    Put(figures, name + ".mean_age", total.mean_age_days());
    Put(figures, name + ".without_amount", static_cast<double>(total.without_amount()));
  }
}

void AddCohort(const v1::FunnelRow& row, const std::string& name, Figures& figures) {
  const std::string prefix = absl::StrCat("funnel.", name, ".");
  Put(figures, prefix + "opened", static_cast<double>(row.opened()));
  Put(figures, prefix + "could_still", static_cast<double>(row.could_still()));
  Put(figures, prefix + "won", static_cast<double>(row.won()));
  Put(figures, prefix + "lost", static_cast<double>(row.lost()));
  ASSERT_EQ(row.stages_size(), 6);  // OPEN ones of the default pipeline, and WON
  Put(figures, prefix + "entered", static_cast<double>(row.stages(0).entered()));
  EXPECT_EQ(row.stages(0).reached(), row.opened());
  for (int i = 1; i < row.stages_size(); ++i) {
    EXPECT_EQ(row.stages(i).reached(), row.won()) << "jumped over, and reached all the same";
    EXPECT_EQ(row.stages(i).entered(), i == 5 ? row.won() : 0);
  }
  Put(figures, prefix + "reached", static_cast<double>(row.stages(5).reached()));
  for (const v1::OutcomeShares& shares : row.outcomes()) {
    Put(figures, absl::StrCat(prefix, "won_by_", shares.days()), shares.won());
    Put(figures, absl::StrCat(prefix, "lost_by_", shares.days()), shares.lost());
    Put(figures, absl::StrCat(prefix, "open_by_", shares.days()), shares.open());
    EXPECT_NEAR(shares.won() + shares.lost() + shares.open(), 1, 1e-12);
  }
}

void AddFunnel(const client::Client& client, Figures& figures) {
  auto request = Within<v1::QueryFunnelRequest>(kFirstDay, kLastDay + 1);
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_MONTH);
  for (const int day : {30, 60, 90, 120, 138}) request.add_outcome_days(day);
  const auto funnel = Ask(client, request);
  AddCohort(funnel.total(), "all", figures);
  for (const v1::FunnelRow& row : funnel.rows()) AddCohort(row, row.key(0), figures);
}

void AddTimeInStage(const client::Client& client, Figures& figures) {
  auto request = Within<v1::QueryTimeInStageRequest>(kFirstDay, kLastDay + 1);
  for (const int day : {7, 14, 30, 60, 90, 138}) request.add_curve_days(day);
  const auto times = Ask(client, request);
  ASSERT_EQ(times.rows_size(), 1);
  const v1::StageTimeRow& row = times.rows(0);
  EXPECT_EQ(row.stage_key(), "discovery");
  EXPECT_EQ(row.things(), row.left() + row.running());
  Put(figures, "stage.left", static_cast<double>(row.left()));
  Put(figures, "stage.running", static_cast<double>(row.running()));
  Put(figures, "stage.restricted_mean", row.restricted_mean_days());
  if (row.has_median_days()) Put(figures, "stage.p50", row.median_days());
  if (row.has_p75_days()) Put(figures, "stage.p75", row.p75_days());
  if (row.has_p90_days()) Put(figures, "stage.p90", row.p90_days());
  for (const v1::StillThere& point : row.curve()) {
    Put(figures, absl::StrCat("stage.still_", point.days()), point.share());
  }
  Put(figures, "stage.mean_total", row.mean_total_days());
  Put(figures, "stage.median_total", row.median_total_days());
}

void AddWinRow(const v1::WinRow& row, const std::string& key, Figures& figures) {
  const std::string prefix = absl::StrCat("wins.", absl::StrReplaceAll(key, {{" ", "_"}}), ".");
  Put(figures, prefix + "won", static_cast<double>(row.won()));
  Put(figures, prefix + "lost", static_cast<double>(row.lost()));
  Put(figures, prefix + "rate", row.rate());
  ASSERT_EQ(row.sums_size(), 1);
  EXPECT_EQ(row.sums(0).currency_code(), "USD");
  Put(figures, prefix + "cents", static_cast<double>(row.sums(0).won_minor()));
  Put(figures, prefix + "mean_won", row.mean_won_cycle_days());
  Put(figures, prefix + "median_won", row.median_won_cycle_days());
  Put(figures, prefix + "mean_lost", row.mean_lost_cycle_days());
  Put(figures, prefix + "median_lost", row.median_lost_cycle_days());
  Put(figures, prefix + "mean_all", row.mean_cycle_days());
  Put(figures, prefix + "median_all", row.median_cycle_days());
}

void AddWins(const client::Client& client, Figures& figures) {
  auto request = Within<v1::QueryWinRateRequest>(kFirstDay, kLastDay + 1);
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_MONTH);
  const auto by_month = Ask(client, request);
  AddWinRow(by_month.total(), "all", figures);
  for (const v1::WinRow& row : by_month.rows()) AddWinRow(row, row.key(0), figures);
  request.mutable_groups()->set_by(0, v1::REPORT_GROUPING_OWNER);
  const auto by_owner = Ask(client, request);
  for (const v1::WinRow& row : by_owner.rows()) AddWinRow(row, row.key(0), figures);
  request.mutable_groups()->set_by(0, v1::REPORT_GROUPING_ATTRIBUTE);
  request.mutable_groups()->set_attribute("product");
  const auto by_product = Ask(client, request);
  for (const v1::WinRow& row : by_product.rows()) {
    AddWinRow(row, absl::StrCat("product.", row.key(0)), figures);
  }
}

void AddQuarters(const client::Client& client, Figures& figures) {
  for (int i = 0; i < 5; ++i) {
    const absl::CivilDay start(absl::CivilMonth(2016, 10) + 3 * i);
    const absl::CivilDay end(absl::CivilMonth(start) + 3);
    const std::string prefix =
        absl::StrCat("quarter.", start.year(), "-Q", (start.month() + 2) / 3, ".");
    const auto opened = Ask(client, Within<v1::QueryFunnelRequest>(start, end)).total();
    const auto closed = Ask(client, Within<v1::QueryWinRateRequest>(start, end)).total();
    const auto open = Ask(client, AsOf<v1::SummarizePipelineRequest>(end - 1)).total();
    Put(figures, prefix + "opened", static_cast<double>(opened.opened()));
    Put(figures, prefix + "won", static_cast<double>(closed.won()));
    Put(figures, prefix + "lost", static_cast<double>(closed.lost()));
    Put(figures, prefix + "open", static_cast<double>(open.count()));
  }
}

void AddLeads(const lead::v1::LeadFunnelRow& funnel, const lead::v1::ConversionRow& conversion,
              const std::string& name, Figures& figures) {
  const std::string prefix = absl::StrCat("leads.", name, ".");
  Put(figures, prefix + "created", static_cast<double>(funnel.created()));
  Put(figures, prefix + "could_still", static_cast<double>(funnel.could_still()));
  Put(figures, prefix + "won", static_cast<double>(funnel.won()));
  Put(figures, prefix + "lost", static_cast<double>(funnel.lost()));
  ASSERT_EQ(funnel.steps_size(), 6);
  EXPECT_EQ(funnel.steps(5).reached(), funnel.won());
  Put(figures, prefix + "responded", static_cast<double>(funnel.steps(1).entered()));
  Put(figures, prefix + "converted", static_cast<double>(conversion.converted()));
  for (const lead::v1::ConversionShares& shares : conversion.shares()) {
    EXPECT_EQ(shares.converted(), 1);
    EXPECT_EQ(shares.mature_converted(), shares.mature());
    Put(figures, absl::StrCat(prefix, "won_by_", shares.days()), shares.won());
    Put(figures, absl::StrCat(prefix, "lost_by_", shares.days()), shares.lost());
    Put(figures, absl::StrCat(prefix, "undecided_by_", shares.days()), shares.undecided());
    Put(figures, absl::StrCat(prefix, "mature_", shares.days()),
        static_cast<double>(shares.mature()));
  }
}

// As soon as the lead service has heard of all sales.
void AddLeads(const client::Client& client, Figures& figures) {
  auto funnel = Within<lead::v1::QueryLeadFunnelRequest>(kFirstDay, kLastDay + 1);
  funnel.mutable_groups()->add_by(lead::v1::REPORT_GROUPING_MONTH);
  auto conversion = Within<lead::v1::QueryConversionRequest>(kFirstDay, kLastDay + 1);
  *conversion.mutable_groups() = funnel.groups();
  for (const int day : {30, 60, 90, 120, 138}) conversion.add_within_days(day);
  const int64_t told =
      Ask(client, AsOf<v1::SummarizePipelineRequest>(kLastDay)).basis().last_sequence();
  ASSERT_TRUE(Await(absl::Seconds(60),
                    [&] { return Ask(client, funnel).basis().opportunity_sequence() >= told; }));
  const auto ways = Ask(client, funnel);
  const auto ends = Ask(client, conversion);
  ASSERT_EQ(ways.rows_size(), ends.rows_size());
  AddLeads(ways.total(), ends.total(), "all", figures);
  for (int i = 0; i < ways.rows_size(); ++i) {
    AddLeads(ways.rows(i), ends.rows(i), ways.rows(i).key(0), figures);
  }
}

// What was imported is new by this clock: nothing of it was known before.
void ExpectRecordedClock(const client::Client& client, absl::Time import_start) {
  auto past = Within<v1::QueryWinRateRequest>(kFirstDay, kLastDay + 1);
  past.mutable_view()->clear_as_of();
  past.mutable_view()->set_clock(v1::REPORT_CLOCK_RECORDED);
  EXPECT_EQ(Ask(client, past).rows_size(), 0);
  const absl::CivilDay today = absl::ToCivilDay(import_start, absl::UTCTimeZone());
  rpc::SetDay(today, past.mutable_period()->mutable_start());
  rpc::SetDay(today + 2, past.mutable_period()->mutable_end());
  const auto imported = Ask(client, past).total();
  EXPECT_EQ(imported.won(), 4238);
  EXPECT_EQ(imported.lost(), 2473);
  EXPECT_EQ(imported.sums(0).won_minor(), 1'000'553'400);

  v1::SummarizePipelineRequest summary;
  summary.mutable_view()->set_clock(v1::REPORT_CLOCK_RECORDED);
  EXPECT_EQ(Ask(client, summary).total().count(), 1589);
  rpc::SetTime(import_start - absl::Minutes(1), summary.mutable_view()->mutable_as_of());
  EXPECT_EQ(Ask(client, summary).total().count(), 0);
}

template <class Request>
void AskBoth(const client::Client& client, const std::string& method, Request request,
             v1::ReportGrouping by, ReportScript& script) {
  request.mutable_groups()->add_by(by);
  script.Expect(method, request, Ask(client, request));
}

}  // namespace

void ExpectEventsTellTheSame(const client::Client& client, const std::string& events) {
  ReportScript script;
  const absl::CivilDay end = kLastDay + 1;
  for (const absl::CivilDay day : {absl::CivilDay(2017, 6, 30), kLastDay}) {
    AskBoth(client, "SummarizePipeline", AsOf<v1::SummarizePipelineRequest>(day),
            v1::REPORT_GROUPING_OWNER, script);
  }
  AskBoth(client, "QueryFunnel", Within<v1::QueryFunnelRequest>(kFirstDay, end),
          v1::REPORT_GROUPING_MONTH, script);
  AskBoth(client, "QueryTimeInStage", Within<v1::QueryTimeInStageRequest>(kFirstDay, end),
          v1::REPORT_GROUPING_OWNER, script);
  AskBoth(client, "QueryWinRate", Within<v1::QueryWinRateRequest>(kFirstDay, end),
          v1::REPORT_GROUPING_OWNER, script);
  AskBoth(client, "QueryFlow", Within<v1::QueryFlowRequest>(kFirstDay, end),
          v1::REPORT_GROUPING_MONTH, script);
  AskBoth(client, "QueryForecast", Within<v1::QueryForecastRequest>(kFirstDay, end),
          v1::REPORT_GROUPING_OWNER, script);
  auto recorded = Within<v1::QueryWinRateRequest>(kFirstDay, absl::CivilDay(2100, 1, 1));
  rpc::SetTime(absl::Now(), recorded.mutable_view()->mutable_as_of());
  recorded.mutable_view()->set_clock(v1::REPORT_CLOCK_RECORDED);
  AskBoth(client, "QueryWinRate", recorded, v1::REPORT_GROUPING_STAGE, script);
  script.Run(events);
}

Figures FiguresOfScript(const std::string& folder) {
  const Outcome outcome = RunScript(absl::StrCat("exec python3 -B ", Quoted(SourceFolder()),
                                                 "/tests/e2e/report_facts.py ", Quoted(folder)));
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  Figures figures;
  for (const absl::string_view line : absl::StrSplit(outcome.output, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> words = absl::StrSplit(line, ' ');
    double value = 0;
    EXPECT_TRUE(absl::SimpleAtod(words.second, &value)) << line;
    Put(figures, words.first, value);
  }
  return figures;
}

Figures FiguresOfReports(const client::Client& client) {
  Figures figures;
  AddOpen(client, figures);
  AddFunnel(client, figures);
  AddTimeInStage(client, figures);
  AddWins(client, figures);
  AddForecasts(client, figures);
  AddQuarters(client, figures);
  AddLeads(client, figures);
  return figures;
}

void ExpectReportsAreRight(const client::Client& client, const std::string& folder,
                           absl::Time import_start) {
  const Figures expected = FiguresOfScript(folder);
  const Figures reported = FiguresOfReports(client);
  EXPECT_GT(expected.size(), 300u);
  for (const auto& [name, value] : expected) {
    const auto found = reported.find(name);
    if (found == reported.end()) {
      ADD_FAILURE() << "not reported: " << name;
    } else {
      // Counts and cents are whole and must be the same; other figures are of binary fractions.
      EXPECT_NEAR(found->second, value, std::floor(value) == value ? 1e-9 : 1e-9 * value) << name;
    }
  }
  for (const auto& [name, value] : reported) EXPECT_TRUE(expected.contains(name)) << name;
  // Two that are known from elsewhere.
  EXPECT_NEAR(reported.at("funnel.all.won_by_90"), 0.3970, 0.00005);
  EXPECT_EQ(reported.at("quarter.2017-Q3.open"), 2409);
  ExpectRecordedClock(client, import_start);
}

}  // namespace crm::testing
