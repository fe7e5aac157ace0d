// What reports of leads say, in cases worked out by hand: how far they came and how long they
// waited.

#include <gmock/gmock.h>

#include "services/lead/domain/report_lead_funnel.h"
#include "services/lead/domain/report_response.h"
#include "tests/unit/lead/lead_life.h"

namespace crm::lead::testing {
namespace {

using ::testing::ElementsAre;

LeadFunnelReport::Row FunnelOf(const ReportQuery& query, const std::vector<Life>& lives) {
  LeadFunnelReport report(query, std::nullopt);
  AddAll(query, lives, report);
  return report.rows().total();
}

std::vector<int64_t> Entered(const LeadFunnelReport::Row& row) {
  std::vector<int64_t> counts;
  for (const auto& step : row.steps) counts.push_back(step.entered);
  return counts;
}
std::vector<int64_t> Reached(const LeadFunnelReport::Row& row) {
  std::vector<int64_t> counts;
  for (const auto& step : row.steps) counts.push_back(step.reached);
  return counts;
}

// Fault of others: the funnel counts re-entries as arrivals, or drops what was lost.
TEST(LeadFunnel, CountsEachLeadOnceWhateverBecameOfIt) {
  const auto row = FunnelOf(AsOf(30), {Life(0)
                                           .Responded(0.5)
                                           .Move(LeadState::kWorking, 1)
                                           .Move(LeadState::kDisqualified, 2)
                                           .Move(LeadState::kWorking, 3)
                                           .Move(LeadState::kDisqualified, 4),
                                       Life(0)
                                           .Converted(2)
                                           .Sale(SaleState::kWon, 5)
                                           .Sale(SaleState::kOpen, 6)
                                           .Sale(SaleState::kLost, 7),
                                       Life(1)});
  EXPECT_EQ(row.created, 3);
  EXPECT_EQ(row.disqualified, 1);
  EXPECT_EQ(row.lost, 1);
  EXPECT_EQ(row.won, 0);
  EXPECT_EQ(row.could_still, 1);
  EXPECT_THAT(Entered(row), ElementsAre(3, 1, 2, 1, 1, 1));
  EXPECT_THAT(Reached(row), ElementsAre(3, 2, 2, 1, 1, 1));
  EXPECT_EQ(row.steps[1].until_reached.PercentileDays(50), 0.5);
  EXPECT_EQ(row.steps[5].until_reached.PercentileDays(50), 5);
}

TEST(LeadFunnel, AHorizonLeavesOutTheYoungAndWhatCameLater) {
  const ReportQuery query = AsOf(12);
  LeadFunnelReport report(query, 10);
  AddAll(query, {Life(0).Converted(11), Life(1).Converted(9), Life(3).Converted(4)}, report);
  EXPECT_EQ(report.immature(), 1);
  EXPECT_THAT(Reached(report.rows().total()), ElementsAre(2, 1, 1, 1, 1, 0));
}

// Fault of others: an import of old leads appears as created today.
TEST(LeadFunnel, EachClockTellsItsOwnPast) {
  const Life imported = Life(1, 40).Move(LeadState::kWorking, 2, 40);
  EXPECT_THAT(Reached(FunnelOf(AsOf(50), {imported})), ElementsAre(1, 1, 1, 0, 0, 0));
  EXPECT_THAT(Reached(FunnelOf(AsOf(1.5), {imported})), ElementsAre(1, 0, 0, 0, 0, 0));
  EXPECT_EQ(FunnelOf(AsOf(50, report::Clock::kRecorded), {imported}).created, 0)
      << "by that clock it came in after the period";
  ReportQuery unknown = AsOf(50);
  unknown.view.known_at = Day(39);
  EXPECT_EQ(FunnelOf(unknown, {imported}).created, 0);
}

TEST(LeadFunnel, AnOpportunityIsWonWhenTheCorrectionSays) {
  const Life life = Life(0).Converted(1).Sale(SaleState::kWon, 20, 20).Corrected(2, 9, 25);
  EXPECT_EQ(FunnelOf(AsOf(10), {life}).won, 1);
  ReportQuery before = AsOf(10);
  before.view.known_at = Day(24);
  EXPECT_EQ(FunnelOf(before, {life}).won, 0);
  EXPECT_EQ(FunnelOf(AsOf(19, report::Clock::kRecorded), {life}).won, 0);
  EXPECT_EQ(FunnelOf(AsOf(30, report::Clock::kRecorded), {life}).won, 1);
}

// Fault of others: today's owner gets last year's wins.
TEST(LeadFunnel, AConversionBelongsToWhoOwnedTheLeadThen) {
  ReportQuery query = AsOf(30);
  query.groups.by = {ReportGrouping::kOwner};
  LeadFunnelReport report(query, std::nullopt);
  AddAll(query, {Life(0).Converted(2).Owner("bert", 3), Life(0).Owner("bert", 3)}, report);
  EXPECT_EQ(report.rows().rows().at({"anna"}).steps[4].entered, 1);
  EXPECT_EQ(report.rows().rows().at({"bert"}).steps[4].entered, 0);
}

// Fault of others: time zones shift leads into the wrong month.
TEST(LeadFunnel, WeeksAndMonthsAreThoseOfTheTimeZone) {
  ReportQuery query = AsOf(30);
  ASSERT_TRUE(absl::LoadTimeZone("America/New_York", &query.groups.zone));
  query.groups.by = {ReportGrouping::kMonth, ReportGrouping::kWeek};
  LeadFunnelReport report(query, std::nullopt);
  // Midnight of 2026-01-12 UTC is the evening before, a Sunday, in New York.
  AddAll(query, {Life(7), Life(7.5), Life(0)}, report);
  std::vector<GroupKey> keys;
  for (const auto& [key, row] : report.rows().rows()) keys.push_back(key);
  EXPECT_THAT(keys, ElementsAre(GroupKey{"2026-01", "2026-W02"}, GroupKey{"2026-01", "2026-W03"}));
}

ResponseReport::Row ResponsesOf(const ReportQuery& query, const std::vector<Life>& lives) {
  ResponseReport report(query, {5, 60, 24 * 60});
  AddAll(query, lives, report);
  return report.rows().total();
}

constexpr double kMinute = 1.0 / (24 * 60);

// Fault of others: averages over survivors only.
TEST(ResponseTime, LeadsThatWaitCountForAsLongAsTheyHaveWaited) {
  const auto row =
      ResponsesOf(AsOf(10), {Life(0).Responded(4 * kMinute), Life(0).Responded(30 * kMinute),
                             Life(9.99), Life(0).Move(LeadState::kDisqualified, 1)});
  EXPECT_EQ(row.leads, 4);
  EXPECT_EQ(row.waits.left(), 2u);
  EXPECT_EQ(row.ended_without, 1);
  EXPECT_THAT(row.within, ElementsAre(1, 2, 2));
  EXPECT_EQ(1 - row.waits.ShareAfter(absl::Minutes(5)), 0.25);
  // Of two that are there at 30 minutes; the one that came in 14 minutes ago was not seen so long.
  EXPECT_DOUBLE_EQ(1 - row.waits.ShareAfter(absl::Hours(1)), 0.625);
  EXPECT_EQ(row.waits.Percentile(90), std::nullopt) << "not known yet";
}

TEST(ResponseTime, AResponseBeforeTheLeadCameInTookNoTime) {
  const auto row = ResponsesOf(AsOf(10), {Life(1).Responded(0.5, 1)});
  EXPECT_EQ(row.waits.Percentile(50), absl::ZeroDuration());
}

TEST(ResponseTime, EachClockTellsItsOwnPast) {
  const Life life = Life(1).Responded(2, 5);
  EXPECT_EQ(ResponsesOf(AsOf(3), {life}).waits.Percentile(50), kDay);
  const auto recorded = report::Clock::kRecorded;
  EXPECT_EQ(ResponsesOf(AsOf(3, recorded), {life}).waits.left(), 0u);
  EXPECT_EQ(ResponsesOf(AsOf(6, recorded), {life}).waits.Percentile(50), 4 * kDay);
}

// An activity that turns out to have been the lead's own is no response any more.
TEST(ResponseTime, WhatWasEditedAwayWasNone) {
  Life life = Life(1).Responded(2);
  life.facts().first_response.reset();
  life.Owner("anna", 3);
  EXPECT_EQ(ResponsesOf(AsOf(4), {life}).waits.left(), 0u);
  EXPECT_EQ(ResponsesOf(AsOf(2.5, report::Clock::kRecorded), {life}).waits.left(), 1u);
}

TEST(ResponseTime, BelongsToWhoOwnedTheLeadThen) {
  ReportQuery query = AsOf(10);
  query.groups.by = {ReportGrouping::kOwner};
  ResponseReport report(query, {5});
  AddAll(query, {Life(0).Responded(1).Owner("bert", 2).Responded(1, 3)}, report);
  EXPECT_EQ(report.rows().rows().count({"anna"}), 1u);
}

}  // namespace
}  // namespace crm::lead::testing
