// Forecasts, their comparison, flow, velocity and risks as callers see them.

#include "tests/integration/opportunity/report_fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Forecasts : public Reports {
 protected:
  void SetAmount(const std::string& name, int64_t minor) {
    v1::UpdateOpportunityRequest request;
    request.mutable_opportunity()->set_name(name);
    request.mutable_opportunity()->mutable_amount()->set_currency_code("EUR");
    request.mutable_opportunity()->mutable_amount()->set_amount_minor(minor);
    const auto updated = Call(&Stub::UpdateOpportunity, request);
    ASSERT_TRUE(updated.ok()) << updated.status();
  }
  std::string OpenDue(int64_t minor, absl::CivilDay day) {
    v1::OpenOpportunityRequest request = Deal("mara", minor, "EUR", kLongAgo);
    rpc::SetDay(day, request.mutable_opportunity()->mutable_expected_close_date());
    return Open(request).name();
  }
  absl::Time UpdateTime(const std::string& name) { return rpc::TimeFrom(Get(name).update_time()); }
  static std::vector<std::string> PartsOf(
      const google::protobuf::RepeatedPtrField<v1::ForecastDifference>& parts) {
    std::vector<std::string> texts;
    for (const v1::ForecastDifference& part : parts) {
      texts.push_back(absl::StrCat(v1::ForecastPart_Name(part.part()).substr(14), " ",
                                   part.values(0).weighted_hundredths()));
    }
    return texts;
  }
};

// Fault of others: the forecast counts lost deals. And what is overdue hides in a month that is
// over.
TEST_F(Forecasts, TellMonthsAndWhatIsOverdueAndNothingLost) {
  OpenDue(1000, absl::CivilDay(2099, 3, 5));
  OpenDue(50, absl::CivilDay(2026, 1, 20));
  Open(Deal("mara", 7, "EUR", kLongAgo));
  WinAt(OpenDue(300, absl::CivilDay(2099, 3, 1)), kLongAgo + absl::Hours(24 * 40));
  LoseAt(OpenDue(999, absl::CivilDay(2099, 3, 1)), kLongAgo + absl::Hours(24));
  const auto response = Call(&ReportStub::QueryForecast, ThisYear<v1::QueryForecastRequest>());
  ASSERT_TRUE(response.ok()) << response.status();
  std::vector<std::string> rows;
  for (const v1::ForecastRow& row : response->rows()) {
    rows.push_back(absl::StrCat(v1::ForecastRowKind_Name(row.kind()).substr(18), " ", row.month(),
                                " ", v1::ForecastCategory_Name(row.category()).substr(18), " ",
                                row.sums(0).weighted_hundredths()));
  }
  EXPECT_THAT(rows, ElementsAre("OVERDUE  PIPELINE 1000", "MONTH 2026-02 CLOSED 30000",
                                "MONTH 2099-03 PIPELINE 20000", "NO_DATE  PIPELINE 140"));
}

// Fault of others: close date edits erase that the deal slipped.
TEST_F(Forecasts, AComparisonTellsWhySumsDifferToTheHundredth) {
  const std::string slipped = OpenDue(1000, absl::CivilDay(2099, 3, 5));
  const std::string grown = OpenDue(500, absl::CivilDay(2099, 3, 9));
  const std::string won = OpenDue(333, absl::CivilDay(2026, 1, 30));
  const absl::Time first = UpdateTime(won);
  SetCloseDate(slipped, absl::CivilDay(2099, 4, 2));
  SetAmount(grown, 501);
  MoveAt(grown, "proposal", absl::Now());
  OpenDue(10, absl::CivilDay(2099, 3, 1));
  v1::CompareForecastsRequest request;
  rpc::SetTime(first, request.mutable_first_as_of());
  request.mutable_view()->set_clock(v1::REPORT_CLOCK_RECORDED);
  rpc::SetDay(absl::CivilDay(2099, 3, 1), request.mutable_period()->mutable_start());
  rpc::SetDay(absl::CivilDay(2099, 4, 1), request.mutable_period()->mutable_end());
  request.set_most_things(10);
  const auto response = Call(&ReportStub::CompareForecasts, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->before(0).weighted_hundredths(), "30000");
  EXPECT_EQ(response->after(0).weighted_hundredths(), absl::StrCat(501 * 60 + 200));
  EXPECT_THAT(PartsOf(response->net()),
              ElementsAre("CREATED 200", "PUSHED_OUT -20000", "RESIZED 20",
                          absl::StrCat("RERATED ", 501 * 40)));
  EXPECT_THAT(PartsOf(response->gross()),
              ElementsAre("CREATED 200", "PUSHED_OUT -20000", "RESIZED 20",
                          absl::StrCat("RERATED ", 501 * 40)));
  EXPECT_EQ(response->net(1).things(0).name(), slipped);
}

// What only two clocks can show: the past was another than it was told.
TEST_F(Forecasts, WhatWasEnteredLateIsRestated) {
  const std::string name = OpenDue(1000, absl::CivilDay(2099, 3, 5));
  const absl::Time known = UpdateTime(name);
  MoveAt(name, "proposal", kLongAgo + absl::Hours(1));
  v1::CompareForecastsRequest request;
  rpc::SetTime(kLongAgo + absl::Hours(2), request.mutable_first_as_of());
  rpc::SetTime(known, request.mutable_first_known_at());
  const auto response = Call(&ReportStub::CompareForecasts, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->before(0).weighted_hundredths(), "20000");
  EXPECT_EQ(response->after(0).weighted_hundredths(), "60000");
  EXPECT_THAT(PartsOf(response->net()), ElementsAre("RESTATED 40000"));
  rpc::SetTime(absl::Now() + absl::Hours(1), request.mutable_first_as_of());
  EXPECT_EQ(Outcome(Call(&ReportStub::CompareForecasts, request)),
            "INVALID_ARGUMENT FIELD_INVALID");
}

TEST_F(Forecasts, TheFlowShowsReentriesAndOverridesApart) {
  const std::string name = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  for (int i = 1; i <= 3; ++i) {
    MoveAt(name, i % 2 == 1 ? "proposal" : "discovery", kLongAgo + absl::Hours(24) * i);
  }
  const auto response = Call(&ReportStub::QueryFlow, ThisYear<v1::QueryFlowRequest>());
  ASSERT_TRUE(response.ok()) << response.status();
  std::vector<std::string> rows;
  for (const v1::FlowRow& row : response->rows()) {
    rows.push_back(absl::StrCat(row.from_stage_key(), ">", row.to_stage_key(), " ", row.count(),
                                " ", row.reentries(), " ", row.overridden()));
  }
  EXPECT_THAT(rows, ElementsAre(">discovery 1 0 0", "discovery>proposal 2 1 2",
                                "proposal>discovery 1 1 0"));
}

TEST_F(Forecasts, VelocityIsTheProductOfItsFactors) {
  for (int i = 0; i < 3; ++i) Open(Deal("mara", 100, "EUR", kLongAgo));
  WinAt(Open(Deal("mara", 400, "EUR", kLongAgo)).name(), kLongAgo + absl::Hours(240));
  LoseAt(Open(Deal("mara", 100, "EUR", kLongAgo)).name(), kLongAgo + absl::Hours(24));
  const auto response =
      Call(&ReportStub::QuerySalesVelocity, ThisYear<v1::QuerySalesVelocityRequest>());
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->totals_size(), 1);
  const v1::VelocityRow& row = response->totals(0);
  EXPECT_EQ(row.open(), 3);
  EXPECT_EQ(row.win_rate(), 0.5);
  EXPECT_EQ(row.mean_won_minor(), 400);
  EXPECT_EQ(row.mean_cycle_days(), 10);
  EXPECT_EQ(row.velocity_minor_per_day(), 60);
}

TEST_F(Forecasts, VelocityCountsWhatIsOpenWithoutAnAmount) {
  Open(Deal("mara", 100, "EUR", kLongAgo));
  v1::OpenOpportunityRequest of_unknown_worth = Deal("mara", 0, "EUR", kLongAgo);
  of_unknown_worth.mutable_opportunity()->clear_amount();
  Open(of_unknown_worth);
  WinAt(Open(Deal("mara", 400, "EUR", kLongAgo)).name(), kLongAgo + absl::Hours(240));
  const auto response =
      Call(&ReportStub::QuerySalesVelocity, ThisYear<v1::QuerySalesVelocityRequest>());
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->totals_size(), 1);
  EXPECT_EQ(response->totals(0).open(), 2);
  EXPECT_EQ(response->totals(0).open_without_amount(), 1);
  EXPECT_EQ(response->totals(0).velocity_minor_per_day(), 80);
}

TEST_F(Forecasts, WhatNeedsLookingAfterIsListedWithItsReasons) {
  WinAt(Open(Deal("mara", 100, "EUR", kLongAgo)).name(), kLongAgo + absl::Hours(24 * 5));
  const std::string slow = OpenDue(100, absl::CivilDay(2026, 1, 20));
  SetCloseDate(slow, absl::CivilDay(2026, 1, 25));
  SetCloseDate(slow, absl::CivilDay(2026, 1, 30));
  v1::OpenOpportunityRequest fine = Deal("lee", 100, "EUR", absl::Now() - absl::Hours(1));
  fine.mutable_opportunity()->mutable_next_step()->set_text("call them");
  Open(fine);
  const auto response = Call(&ReportStub::ListAtRisk, v1::ListAtRiskRequest());
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->things_size(), 1);
  EXPECT_EQ(response->total(), 1);
  const v1::RiskyThing& thing = response->things(0);
  EXPECT_EQ(thing.name(), slow);
  EXPECT_THAT(thing.reasons(), ElementsAre(v1::RISK_REASON_SLOW, v1::RISK_REASON_OVERDUE,
                                           v1::RISK_REASON_PUSHED, v1::RISK_REASON_NO_NEXT_STEP));
  EXPECT_EQ(thing.p75_won_days(), 5);
  EXPECT_EQ(thing.pushes(), 2);
  EXPECT_GT(thing.days_in_stage(), 5);
}

TEST_F(Forecasts, OfNothingThereIsNothing) {
  const auto compare = [this] {
    v1::CompareForecastsRequest request;
    rpc::SetTime(kLongAgo, request.mutable_first_as_of());
    return Call(&ReportStub::CompareForecasts, request);
  }();
  ASSERT_TRUE(compare.ok()) << compare.status();
  EXPECT_THAT(compare->net(), IsEmpty());
  EXPECT_THAT(Call(&ReportStub::ListAtRisk, v1::ListAtRiskRequest())->things(), IsEmpty());
  EXPECT_THAT(
      Call(&ReportStub::QuerySalesVelocity, ThisYear<v1::QuerySalesVelocityRequest>())->totals(),
      IsEmpty());
}

}  // namespace
}  // namespace crm::opportunity::testing
