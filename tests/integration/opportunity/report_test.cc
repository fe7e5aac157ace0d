// The reports as callers see them; the rules are tested in tests/unit/opportunity.

#include <google/protobuf/util/message_differencer.h>

#include "tests/integration/opportunity/report_fixture.h"

namespace crm::opportunity::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::vector<std::string> KeysOf(const v1::SummarizePipelineResponse& response) {
  std::vector<std::string> keys;
  for (const v1::PipelineRow& row : response.rows()) {
    keys.push_back(absl::StrCat(row.key(0), " ", row.key(1), " ", row.count()));
  }
  return keys;
}

TEST_F(Reports, ASummaryTellsWhatWasOpenByStageAndCurrency) {
  const std::string first = Open(Deal("mara", 100'01, "EUR", kLongAgo)).name();
  Open(Deal("mara", 33'33, "EUR", kLongAgo));
  Open(Deal("lee", 500, "JPY", kLongAgo));
  MoveAt(first, "proposal", kLongAgo + absl::Hours(48));
  WinAt(Open(Deal("lee", 7, "EUR", kLongAgo)).name(), kLongAgo + absl::Hours(1));
  const auto summary = Summary(absl::Now(), v1::REPORT_CLOCK_EFFECTIVE);
  EXPECT_THAT(KeysOf(summary),
              ElementsAre("discovery lee 1", "discovery mara 1", "proposal mara 1"));
  ASSERT_EQ(summary.total().sums_size(), 2);
  const v1::ReportSum& euros = summary.total().sums(0);
  EXPECT_EQ(euros.amount_minor(), 133'34);
  EXPECT_EQ(euros.weighted_hundredths(), absl::StrCat(100'01 * 60 + 33'33 * 20));
  EXPECT_EQ(euros.weighted_minor(), 6667);  // 6667.2
  EXPECT_EQ(summary.total().sums(1).currency_code(), "JPY");
}

// Fault of others: an import of old deals appears as created today, or changes what was reported.
TEST_F(Reports, EachClockTellsItsOwnPast) {
  const absl::Time before = absl::Now() - absl::Seconds(1);
  const std::string name = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  MoveAt(name, "proposal", kLongAgo + absl::Hours(48));
  const absl::Time between = kLongAgo + absl::Hours(24);
  EXPECT_THAT(KeysOf(Summary(between, v1::REPORT_CLOCK_EFFECTIVE)),
              ElementsAre("discovery mara 1"));
  EXPECT_EQ(Summary(between, v1::REPORT_CLOCK_EFFECTIVE).total().sums(0).weighted_minor(), 20);
  EXPECT_THAT(KeysOf(Summary(kLongAgo + absl::Hours(72), v1::REPORT_CLOCK_EFFECTIVE)),
              ElementsAre("proposal mara 1"));
  EXPECT_THAT(KeysOf(Summary(between, v1::REPORT_CLOCK_RECORDED)), ElementsAre());
  EXPECT_THAT(KeysOf(Summary(before, v1::REPORT_CLOCK_RECORDED)), ElementsAre());
}

TEST_F(Reports, AnEditCountsFromWhenItWasRecorded) {
  const std::string name = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  const absl::Time opened = rpc::TimeFrom(Get(name).update_time());
  SetOwner(name, "lee");
  for (const v1::ReportClock clock : {v1::REPORT_CLOCK_EFFECTIVE, v1::REPORT_CLOCK_RECORDED}) {
    EXPECT_THAT(KeysOf(Summary(opened, clock)), ElementsAre("discovery mara 1"));
    EXPECT_THAT(KeysOf(Summary(absl::Now(), clock)), ElementsAre("discovery lee 1"));
  }
}

// Fault of others: the funnel counts re-entries as arrivals and drops what was lost.
TEST_F(Reports, AFunnelCountsEachThingOnceWhateverBecameOfIt) {
  const std::string wandering = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  for (int i = 1; i <= 4; ++i) {
    MoveAt(wandering, i % 2 == 1 ? "proposal" : "discovery", kLongAgo + absl::Hours(24) * i);
  }
  const std::string lost = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  MoveAt(lost, "needs_confirmed", kLongAgo + absl::Hours(24));
  LoseAt(lost, kLongAgo + absl::Hours(48));
  const auto response = Call(&ReportStub::QueryFunnel, ThisYear<v1::QueryFunnelRequest>());
  ASSERT_TRUE(response.ok()) << response.status();
  const v1::FunnelRow& row = response->total();
  EXPECT_EQ(row.opened(), 2);
  EXPECT_EQ(row.could_still(), 1);
  EXPECT_EQ(row.lost(), 1);
  std::vector<std::string> stages;
  for (const v1::FunnelStage& stage : row.stages()) {
    stages.push_back(absl::StrCat(stage.stage_key(), " ", stage.entered(), " ", stage.reached()));
  }
  EXPECT_THAT(stages, ElementsAre("discovery 2 2", "needs_confirmed 1 2", "proposal 1 1",
                                  "payment_terms 0 0", "contract 0 0", "won 0 0"));
}

TEST_F(Reports, AFunnelOfAnUnknownPipelineIsNotFound) {
  auto request = ThisYear<v1::QueryFunnelRequest>();
  request.mutable_scope()->set_pipeline("pipelines/nowhere");
  EXPECT_EQ(Outcome(Call(&ReportStub::QueryFunnel, request)), "NOT_FOUND RESOURCE_NOT_FOUND");
}

// Fault of others: time in stage is blank for the stage a thing is in now.
TEST_F(Reports, TheStayThatLastsCountsForTimeInStage) {
  const std::string name = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  MoveAt(name, "proposal", kLongAgo + absl::Hours(48));
  auto request = ThisYear<v1::QueryTimeInStageRequest>();
  rpc::SetTime(kLongAgo + absl::Hours(72), request.mutable_view()->mutable_as_of());
  const auto response = Call(&ReportStub::QueryTimeInStage, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->rows_size(), 2);
  EXPECT_EQ(response->rows(0).stage_key(), "discovery");
  EXPECT_EQ(response->rows(0).median_days(), 2);
  EXPECT_EQ(response->rows(1).running(), 1);
  EXPECT_FALSE(response->rows(1).has_median_days()) << "nobody knows yet";
  EXPECT_EQ(response->rows(1).mean_total_days(), 1);
}

// Fault of others: today's owner gets last year's wins.
TEST_F(Reports, AWinBelongsToWhoOwnedItThen) {
  const std::string name = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  WinAt(name, kLongAgo + absl::Hours(240));
  SetOwner(name, "lee");
  auto request = ThisYear<v1::QueryWinRateRequest>();
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_OWNER);
  const auto response = Call(&ReportStub::QueryWinRate, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->rows_size(), 1);
  EXPECT_EQ(response->rows(0).key(0), "mara");
  EXPECT_EQ(response->rows(0).mean_won_cycle_days(), 10);
}

// Fault of others: time zones shift deals into the wrong month.
TEST_F(Reports, MonthsAreThoseOfTheTimeZone) {
  const absl::Time evening =
      absl::FromCivil(absl::CivilSecond(2026, 1, 31, 23, 30, 0), absl::UTCTimeZone());
  LoseAt(Open(Deal("mara", 100, "EUR", kLongAgo)).name(), evening);
  auto request = ThisYear<v1::QueryWinRateRequest>();
  request.mutable_groups()->add_by(v1::REPORT_GROUPING_MONTH);
  EXPECT_EQ(Call(&ReportStub::QueryWinRate, request)->rows(0).key(0), "2026-01");
  request.mutable_view()->set_time_zone("Europe/Berlin");
  const auto berlin = Call(&ReportStub::QueryWinRate, request);
  ASSERT_TRUE(berlin.ok()) << berlin.status();
  EXPECT_EQ(berlin->rows(0).key(0), "2026-02");
  EXPECT_EQ(berlin->basis().time_zone(), "Europe/Berlin");
  request.mutable_view()->set_time_zone("Europe/Nowhere");
  EXPECT_EQ(Outcome(Call(&ReportStub::QueryWinRate, request)), "INVALID_ARGUMENT FIELD_INVALID");
}

TEST_F(Reports, WhatWasDeletedIsNotToldOf) {
  const std::string name = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  const absl::Time there = rpc::TimeFrom(Get(name).update_time());
  v1::DeleteOpportunityRequest request;
  request.set_name(name);
  ASSERT_TRUE(Call(&Stub::DeleteOpportunity, request).ok());
  EXPECT_EQ(Call(&ReportStub::QueryFunnel, ThisYear<v1::QueryFunnelRequest>())->total().opened(),
            0);
  EXPECT_EQ(Summary(there, v1::REPORT_CLOCK_RECORDED).total().count(), 1) << "it was there then";
}

TEST_F(Reports, AnotherTenantSeesNothing) {
  Open(Deal("mara", 100, "EUR", kLongAgo));
  const auto response =
      Call(&ReportStub::QueryFunnel, ThisYear<v1::QueryFunnelRequest>(), "stranger-of-reports");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->total().opened(), 0);
}

// By the recorded clock an instant's report is the same for ever.
TEST_F(Reports, WhatWasReportedAsKnownThenNeverChanges) {
  const std::string first = Open(Deal("mara", 100, "EUR", kLongAgo)).name();
  const std::string second = Open(Deal("lee", 200, "EUR", kLongAgo)).name();
  MoveAt(first, "proposal", kLongAgo + absl::Hours(24));
  const absl::Time then = rpc::TimeFrom(Get(first).update_time());
  auto funnel = ThisYear<v1::QueryFunnelRequest>();
  rpc::SetTime(then, funnel.mutable_view()->mutable_as_of());
  funnel.mutable_view()->set_clock(v1::REPORT_CLOCK_RECORDED);
  auto before = Call(&ReportStub::QueryFunnel, funnel);
  auto summary_before = Summary(then, v1::REPORT_CLOCK_RECORDED);

  SetOwner(first, "lee");
  MoveAt(second, "contract", kLongAgo + absl::Hours(2));
  WinAt(first, kLongAgo + absl::Hours(48));
  v1::CorrectStageChangeRequest correct;
  correct.set_name(second);
  correct.set_version(1);
  correct.set_reason("it was earlier");
  rpc::SetTime(kLongAgo - absl::Hours(24), correct.mutable_effective_time());
  ASSERT_TRUE(Call(&Stub::CorrectStageChange, correct).ok());

  auto after = Call(&ReportStub::QueryFunnel, funnel);
  auto summary_after = Summary(then, v1::REPORT_CLOCK_RECORDED);
  ASSERT_TRUE(before.ok() && after.ok());
  before->mutable_basis()->Clear();
  after->mutable_basis()->Clear();
  summary_before.mutable_basis()->Clear();
  summary_after.mutable_basis()->Clear();
  using google::protobuf::util::MessageDifferencer;
  EXPECT_TRUE(MessageDifferencer::Equals(*before, *after)) << after->DebugString();
  EXPECT_TRUE(MessageDifferencer::Equals(summary_before, summary_after))
      << summary_before.DebugString() << summary_after.DebugString();
}

}  // namespace
}  // namespace crm::opportunity::testing
