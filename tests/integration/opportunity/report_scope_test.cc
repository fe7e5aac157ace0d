// Reports by lead source and fiscal year, and in one currency.

#include "tests/integration/opportunity/report_fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class ReportScopes : public Reports {
 protected:
  static void AddRate(v1::RateTable& table, const char* currency, const char* month,
                      const char* rate) {
    table.set_currency_code("EUR");
    v1::CurrencyRate& it = *table.add_rates();
    it.set_currency_code(currency);
    it.set_month(month);
    it.set_rate(rate);
  }
  static v1::RateTable Rates() {
    v1::RateTable table;
    AddRate(table, "USD", "2026-01", "0.91");
    AddRate(table, "USD", "2026-03", "0.8");
    return table;
  }
  std::string OpenFrom(type::v1::LeadSource source) {
    v1::OpenOpportunityRequest request = Deal("mara", 100, "EUR", kLongAgo);
    request.mutable_opportunity()->set_lead_source(source);
    return Open(request).name();
  }
};

// Fault of others: currency converted at today's rate.
TEST_F(ReportScopes, WhatIsWonKeepsTheRateOfItsMonth) {
  Open(Deal("mara", 50, "EUR", kLongAgo));
  Open(Deal("mara", 1005, "USD", kLongAgo));
  Open(Deal("mara", 70, "CHF", kLongAgo));
  WinAt(Open(Deal("mara", 300, "USD", kLongAgo)).name(), kLongAgo + absl::Hours(24 * 40));
  auto summary_request = v1::SummarizePipelineRequest();
  *summary_request.mutable_rates() = Rates();
  const auto summary = Call(&ReportStub::SummarizePipeline, summary_request);
  ASSERT_TRUE(summary.ok()) << summary.status();
  const v1::ConvertedSum& open = summary->total().converted();
  EXPECT_EQ(open.currency_code(), "EUR");
  EXPECT_EQ(open.count(), 2);
  EXPECT_EQ(open.without_rate(), 1);
  EXPECT_EQ(open.amount_minor(), 50 + 804);
  EXPECT_EQ(open.weighted_minor(), 171);  // 170.8
  auto wins_request = ThisYear<v1::QueryWinRateRequest>();
  *wins_request.mutable_rates() = Rates();
  const auto wins = Call(&ReportStub::QueryWinRate, wins_request);
  ASSERT_TRUE(wins.ok()) << wins.status();
  EXPECT_EQ(wins->total().converted().won_minor(), 273);
  EXPECT_EQ(wins->total().converted().rate(), 1);
}

TEST_F(ReportScopes, AComparisonAddsUpInOneCurrencyToo) {
  const v1::Opportunity won = Open(Deal("mara", 333, "USD", kLongAgo));
  Open(Deal("mara", 1001, "USD", kLongAgo));
  WinAt(won.name(), kLongAgo + absl::Hours(24 * 40));
  v1::CompareForecastsRequest request;
  rpc::SetTime(kLongAgo + absl::Hours(1), request.mutable_first_as_of());
  request.set_most_things(5);
  *request.mutable_rates() = Rates();
  const auto response = Call(&ReportStub::CompareForecasts, request);
  ASSERT_TRUE(response.ok()) << response.status();
  // Open ones by 0.8 and 20 %, the won one by the 0.91 of February.
  EXPECT_EQ(response->converted_before().weighted_hundredths(), "21344");
  EXPECT_EQ(response->converted_after().weighted_hundredths(), "46319");
  ASSERT_EQ(response->net_size(), 1);
  EXPECT_EQ(response->net(0).part(), v1::FORECAST_PART_WON);
  EXPECT_EQ(response->net(0).converted().weighted_hundredths(), "24975");
  EXPECT_EQ(response->net(0).converted().weighted_minor(), 250);
  EXPECT_EQ(response->net(0).things(0).converted().weighted_hundredths(), "24975");
}

TEST_F(ReportScopes, OneCurrencyOfVelocityForecastFlowAndRisk) {
  Open(Deal("mara", 1000, "USD", kLongAgo));
  WinAt(Open(Deal("mara", 300, "EUR", kLongAgo)).name(), kLongAgo + absl::Hours(240));
  WinAt(Open(Deal("mara", 100, "USD", kLongAgo)).name(), kLongAgo + absl::Hours(240));
  auto velocity = ThisYear<v1::QuerySalesVelocityRequest>();
  velocity.mutable_groups()->add_by(v1::REPORT_GROUPING_OWNER);
  *velocity.mutable_rates() = Rates();
  const auto speed = Call(&ReportStub::QuerySalesVelocity, velocity);
  ASSERT_TRUE(speed.ok()) << speed.status();
  ASSERT_EQ(speed->converted_size(), 1);
  EXPECT_THAT(speed->converted(0).key(), ElementsAre("mara"));
  EXPECT_EQ(speed->converted_total().open(), 1);
  EXPECT_EQ(speed->converted_total().mean_won_minor(), (300 + 91) / 2.0);
  EXPECT_EQ(speed->converted_total().velocity_minor_per_day(), (300 + 91) / 2.0 / 10);
  auto forecast = ThisYear<v1::QueryForecastRequest>();
  *forecast.mutable_rates() = Rates();
  const auto months = Call(&ReportStub::QueryForecast, forecast);
  ASSERT_TRUE(months.ok()) << months.status();
  EXPECT_EQ(months->rows(0).converted().amount_minor(), 391);
  EXPECT_EQ(months->rows(1).converted().amount_minor(), 800);
  auto flow = ThisYear<v1::QueryFlowRequest>();
  *flow.mutable_rates() = Rates();
  const auto moves = Call(&ReportStub::QueryFlow, flow);
  ASSERT_TRUE(moves.ok()) << moves.status();
  EXPECT_EQ(moves->rows(0).converted().amount_minor(), 300 + 91 + 910) << "opened in January";
  v1::ListAtRiskRequest risk;
  *risk.mutable_rates() = Rates();
  const auto risky = Call(&ReportStub::ListAtRisk, risk);
  ASSERT_TRUE(risky.ok()) << risky.status();
  EXPECT_EQ(risky->things(0).converted().amount_minor(), 800);
}

TEST_F(ReportScopes, BadRatesAreAllNamed) {
  v1::SummarizePipelineRequest request;
  request.mutable_view()->set_fiscal_year_start_month(13);
  request.mutable_scope()->add_lead_sources(static_cast<type::v1::LeadSource>(99));
  v1::RateTable& table = *request.mutable_rates();
  AddRate(table, "USD", "2026-1", "0");
  AddRate(table, "EUR", "2026-13", "1.2.3");
  AddRate(table, "USD", "2026-02", "1");
  AddRate(table, "USD", "2026-02", "1");
  table.set_currency_code("XXX");
  const auto result = Call(&ReportStub::SummarizePipeline, request);
  EXPECT_EQ(Outcome(result), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(
      Fields(result),
      UnorderedElementsAre("rates.currency_code", "rates.rates[0].month", "rates.rates[0].rate",
                           "rates.rates[1].month", "rates.rates[1].rate", "rates.rates[3]",
                           "scope.lead_sources[0]", "view.fiscal_year_start_month"));
}

TEST_F(ReportScopes, LeadSourcesAreScopeAndGroup) {
  OpenFrom(type::v1::LEAD_SOURCE_WEB);
  OpenFrom(type::v1::LEAD_SOURCE_WEB);
  const std::string referred = OpenFrom(type::v1::LEAD_SOURCE_REFERRAL);
  OpenFrom(type::v1::LEAD_SOURCE_UNSPECIFIED);
  v1::SummarizePipelineRequest request;
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_LEAD_SOURCE);
  const auto keys = [&] {
    const auto response = Call(&ReportStub::SummarizePipeline, request);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> rows;
    for (const v1::PipelineRow& row : response->rows()) {
      rows.push_back(absl::StrCat(row.key(0), " ", row.count()));
    }
    return rows;
  };
  EXPECT_THAT(keys(), ElementsAre(" 1", "REFERRAL 1", "WEB 2"));
  const absl::Time before = absl::Now();
  v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(referred);
  update.mutable_opportunity()->set_lead_source(type::v1::LEAD_SOURCE_EVENT);
  ASSERT_TRUE(Call(&Stub::UpdateOpportunity, update).ok());
  request.mutable_scope()->add_lead_sources(type::v1::LEAD_SOURCE_UNSPECIFIED);
  request.mutable_scope()->add_lead_sources(type::v1::LEAD_SOURCE_EVENT);
  EXPECT_THAT(keys(), ElementsAre(" 1", "EVENT 1"));
  rpc::SetTime(before, request.mutable_view()->mutable_as_of());
  request.mutable_scope()->clear_lead_sources();
  EXPECT_THAT(keys(), ElementsAre(" 1", "REFERRAL 1", "WEB 2")) << "it was another one then";
}

TEST_F(ReportScopes, FiscalYearsAreCalledAfterTheYearInWhichTheyEnd) {
  WinAt(Open(Deal("mara", 1, "EUR", kLongAgo)).name(), kLongAgo + absl::Hours(24 * 40));
  auto request = ThisYear<v1::QueryWinRateRequest>();
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_QUARTER);
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_YEAR);
  EXPECT_THAT(Call(&ReportStub::QueryWinRate, request)->rows(0).key(),
              ElementsAre("2026-Q1", "2026"));
  request.mutable_view()->set_fiscal_year_start_month(2);
  const auto response = Call(&ReportStub::QueryWinRate, request);
  EXPECT_THAT(response->rows(0).key(), ElementsAre("2027-Q1", "2027"));
  EXPECT_EQ(response->basis().fiscal_year_start_month(), 2);
}

}  // namespace
}  // namespace crm::opportunity::testing
