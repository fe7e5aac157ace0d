// Funnels over pipelines that have changed, and over young cohorts.

#include "services/opportunity/domain/report_funnel.h"

#include <gmock/gmock.h>

#include "services/opportunity/domain/report_risk.h"
#include "services/opportunity/domain/report_velocity.h"
#include "tests/unit/opportunity/sample.h"

namespace crm::opportunity::testing {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

Stay StayIn(const char* stage, int from, std::optional<int> until,
            StageType type = StageType::kOpen) {
  Stay stay;
  stay.pipeline = "default";
  stay.stage = stage;
  stay.stage_key = stage;
  stay.type = type;
  stay.enter_time = kStart + kDay * from;
  if (until) stay.leave_time = kStart + kDay * *until;
  return stay;
}

SeenDeal Seen(std::vector<Stay> stays) {
  SeenDeal deal;
  deal.facts.pipeline = "default";
  deal.facts.stage = std::string(stays.back().stage);
  deal.facts.stage_type = stays.back().type;
  deal.facts.open_time = stays.front().enter_time;
  deal.facts.stage_enter_time = stays.back().enter_time;
  deal.stays = std::move(stays);
  return deal;
}

ReportQuery QueryAt(int day, const std::vector<Pipeline>& pipelines) {
  ReportQuery query;
  query.view = {ReportClock::kEffective, kStart + kDay * day, kStart + kDay * day};
  query.groups.zone = absl::UTCTimeZone();
  query.order = StageOrder(pipelines);
  query.period = {absl::CivilDay(2026, 1, 1), absl::CivilDay(2027, 1, 1)};
  return query;
}

// Fault of others: a renamed or removed stage breaks old reports.
TEST(FunnelStages, RenamedAndRemovedStagesKeepTheirPlace) {
  Pipeline pipeline = DefaultPipeline();
  RetiredStage retired;
  retired.stage = pipeline.stages[2];  // proposal
  retired.successor = "contract";
  pipeline.retired.push_back(retired);
  pipeline.stages.erase(pipeline.stages.begin() + 2);
  pipeline.stages[1].stage_key = "needs_confirmed";
  pipeline.stages[1].key = "interest";
  const ReportQuery query = QueryAt(100, {pipeline});
  FunnelReport funnel(query, FunnelStagesOf(pipeline), std::nullopt);
  funnel.Add(Seen({StayIn("discovery", 0, 1), StayIn("needs_confirmed", 1, 2),
                   StayIn("proposal", 2, 3), StayIn("lost", 3, {}, StageType::kLost)}));
  std::vector<std::string> rows;
  for (size_t i = 0; i < funnel.stages().size(); ++i) {
    rows.push_back(absl::StrCat(funnel.stages()[i].stage_key, " ", funnel.total().stages[i].entered,
                                " ", funnel.total().stages[i].reached,
                                funnel.stages()[i].retired ? " retired" : ""));
  }
  EXPECT_THAT(rows,
              ::testing::ElementsAre("discovery 1 1", "needs_confirmed 1 1", "proposal 1 1 retired",
                                     "payment_terms 0 0", "contract 0 0", "won 0 0"));
}

TEST(Funnel, AHorizonMakesYoungCohortsComparable) {
  const ReportQuery query = QueryAt(40, {DefaultPipeline()});
  FunnelReport funnel(query, FunnelStagesOf(DefaultPipeline()), 30);
  funnel.Add(Seen({StayIn("discovery", 0, 20), StayIn("won", 20, {}, StageType::kWon)}));
  funnel.Add(Seen({StayIn("discovery", 0, 35), StayIn("won", 35, {}, StageType::kWon)}));
  funnel.Add(Seen({StayIn("discovery", 15, {})}));
  EXPECT_EQ(funnel.immature(), 1);
  EXPECT_EQ(funnel.total().opened, 2);
  EXPECT_EQ(funnel.total().won, 1) << "the other one was won after 35 days";
  EXPECT_EQ(funnel.total().open, 1);
  EXPECT_EQ(funnel.total().stages.back().reached, 1);
}

// What was won was quick; beside it stands how long all visits last.
TEST(StagePace, TellsWonThingsApartFromAll) {
  const ReportQuery query = QueryAt(100, {DefaultPipeline()});
  StagePace pace;
  pace.Add(Seen({StayIn("discovery", 0, 4), StayIn("won", 4, {}, StageType::kWon)}), query.order,
           query.view.at);
  pace.Add(Seen({StayIn("discovery", 0, 40), StayIn("lost", 40, {}, StageType::kLost)}),
           query.order, query.view.at);
  pace.Add(Seen({StayIn("discovery", 0, {})}), query.order, query.view.at);
  const StagePace::Visits* const visits = pace.Find("discovery");
  ASSERT_NE(visits, nullptr);
  EXPECT_EQ(visits->of_won.PercentileDays(75), 4);
  EXPECT_EQ(visits->all.PercentileDays(50), 40);
  EXPECT_EQ(visits->all.PercentileDays(75), std::nullopt);
  EXPECT_EQ(pace.Find("proposal"), nullptr);
  EXPECT_EQ(pace.SlowIn("discovery").of_won, 4);
  EXPECT_EQ(pace.SlowIn("discovery").all, std::nullopt);
  EXPECT_EQ(pace.SlowIn("proposal").of_won, std::nullopt);
  // What is added later counts.
  pace.Add(Seen({StayIn("discovery", 0, 9), StayIn("won", 9, {}, StageType::kWon)}), query.order,
           query.view.at);
  EXPECT_EQ(pace.SlowIn("discovery").of_won, 9);
}

SeenDeal WithAmount(std::vector<Stay> stays, std::optional<base::Money> amount) {
  SeenDeal deal = Seen(std::move(stays));
  deal.facts.amount = deal.stays.back().amount = std::move(amount);
  return deal;
}

auto RowsOf(const VelocityReport& report) {
  return VelocityReport::RowsOf(&report.open().total(), &report.wins().total());
}

TEST(Velocity, IsAbsentWhereAFactorIs) {
  const ReportQuery query = QueryAt(100, {DefaultPipeline()});
  VelocityReport report(query);
  report.Add(WithAmount({StayIn("discovery", 0, {})}, base::Money{"EUR", 10}));
  const auto rows = RowsOf(report);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.at("EUR").open, 1);
  EXPECT_EQ(rows.at("EUR").win_rate, std::nullopt);
  EXPECT_EQ(rows.at("EUR").PerDay(), std::nullopt);
}

// Many learn what a deal is worth when they win it.
TEST(Velocity, CountsWhatIsOpenWithoutAnAmountWhereThereIsOneCurrency) {
  const ReportQuery query = QueryAt(100, {DefaultPipeline()});
  VelocityReport report(query);
  for (int i = 0; i < 3; ++i) report.Add(WithAmount({StayIn("discovery", 0, {})}, {}));
  EXPECT_EQ(RowsOf(report).at("").open, 3) << "of nothing that has an amount";
  EXPECT_EQ(RowsOf(report).at("").PerDay(), std::nullopt);

  const auto won = [](const char* currency, int64_t minor) {
    return WithAmount({StayIn("discovery", 0, 10), StayIn("won", 10, {}, StageType::kWon)},
                      base::Money{currency, minor});
  };
  report.Add(won("EUR", 400));
  auto rows = RowsOf(report);
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.at("EUR").open, 3);
  EXPECT_EQ(rows.at("EUR").open_without_amount, 3);
  EXPECT_EQ(rows.at("EUR").PerDay(), 3 * 1 * 400 / 10.0);

  report.Add(won("USD", 100));
  rows = RowsOf(report);
  ASSERT_EQ(rows.size(), 2u) << "nothing tells in which of the two";
  for (const auto& [currency, row] : rows) {
    EXPECT_EQ(row.open, 0) << currency;
    EXPECT_EQ(row.open_without_amount, 3) << currency;
  }
}

}  // namespace
}  // namespace crm::opportunity::testing
