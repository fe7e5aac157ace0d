// Random lives of opportunities as reports see them: moves told late, edits, corrections, three
// currencies, two pipelines, changes of owner, deletions. Whatever happens, what was known stays
// known, the present is as it is, and comparisons of forecasts add up to the last hundredth.

#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "services/opportunity/domain/forecast_change.h"
#include "services/opportunity/domain/report_funnel.h"
#include "services/opportunity/domain/report_pipeline.h"
#include "services/opportunity/domain/stage_story.h"
#include "tests/unit/opportunity/random_deal.h"

namespace crm::opportunity::testing {
namespace {

constexpr int kHistories = 1000;
constexpr int kSteps = 24;
constexpr int kTogether = 20;  // compared at once

Viewpoint From(ReportClock clock, absl::Time at, absl::Time known_at) {
  return {clock, at, clock == ReportClock::kRecorded ? at : known_at};
}

bool Same(const absl::StatusOr<std::optional<SeenDeal>>& a,
          const absl::StatusOr<std::optional<SeenDeal>>& b) {
  if (!a.ok() || !b.ok() || a->has_value() != b->has_value()) return false;
  return !a->has_value() || ((*a)->facts == (*b)->facts && (*a)->stays == (*b)->stays);
}

ForecastValue Sum(const ForecastValue& start, const ForecastComparison::Parts& parts) {
  ForecastValue sum = start;
  for (const auto& [part, it] : parts) sum.Add(it.value);
  return sum;
}

class ReportProperty : public ::testing::Test {
 protected:
  static const std::deque<RandomDeal>& Deals() {
    static const auto* const deals = [] {
      auto* const made = new std::deque<RandomDeal>();
      for (uint32_t seed = 1; seed <= kHistories; ++seed) {
        made->emplace_back(seed);
        for (int i = 0; i < kSteps; ++i) made->back().Step();
      }
      return made;
    }();
    return *deals;
  }

  absl::Time AnyTime() {
    return kStart + absl::Hours(24) * 90 + absl::Minutes(random_() % 200'000);
  }

  std::mt19937 random_{7};
};

TEST_F(ReportProperty, ThePresentIsAsItIsByEitherClock) {
  for (const RandomDeal& each : Deals()) {
    const absl::Time now = each.now() + absl::Minutes(1);
    for (const ReportClock clock : {ReportClock::kEffective, ReportClock::kRecorded}) {
      const auto seen = See(each.deal(), From(clock, now, now));
      ASSERT_TRUE(seen.ok()) << seen.status();
      ASSERT_EQ(seen->has_value(), !each.it().deleted());
      if (!seen->has_value()) continue;
      ASSERT_EQ((*seen)->facts, FactsFrom(each.it()));
      ASSERT_EQ((*seen)->stays.back().stage, each.it().stage);
      ASSERT_EQ((*seen)->stays.back().type, each.it().stage_type);
    }
  }
}

TEST_F(ReportProperty, WhatWasKnownStaysKnownByEitherClock) {
  for (const RandomDeal& each : Deals()) {
    for (int i = 0; i < 10; ++i) {
      const absl::Time known = AnyTime();
      const Viewpoint recorded = From(ReportClock::kRecorded, known, known);
      ASSERT_TRUE(Same(See(each.deal(), recorded), See(each.Until(known), recorded)));
      const Viewpoint effective = From(ReportClock::kEffective, AnyTime(), known);
      ASSERT_TRUE(Same(See(each.deal(), effective), See(each.Until(known), effective)));
    }
  }
}

TEST_F(ReportProperty, StaysFollowEachOtherAndAgreeWithTheFacts) {
  for (const RandomDeal& each : Deals()) {
    for (int i = 0; i < 10; ++i) {
      const absl::Time at = AnyTime();
      const auto seen = See(each.deal(), From(ReportClock::kEffective, at, each.now()));
      ASSERT_TRUE(seen.ok()) << seen.status();
      if (!seen->has_value()) continue;
      const std::vector<Stay>& stays = (*seen)->stays;
      for (size_t stay = 0; stay < stays.size(); ++stay) {
        ASSERT_LE(stays[stay].enter_time, at);
        ASSERT_EQ(stays[stay].leave_time.has_value(), stay + 1 < stays.size());
        if (stays[stay].leave_time) {
          ASSERT_EQ(*stays[stay].leave_time, stays[stay + 1].enter_time);
        }
      }
      ASSERT_EQ((*seen)->facts.stage, stays.back().stage);
      ASSERT_EQ((*seen)->facts.stage_type, stays.back().type);
      ASSERT_EQ((*seen)->facts.close_time.has_value(), stays.back().type != StageType::kOpen);
      if (stays.back().type == StageType::kWon) {
        ASSERT_EQ((*seen)->facts.probability, 100);
      }
      if (stays.back().type == StageType::kLost) {
        ASSERT_EQ((*seen)->facts.probability, 0);
      }
    }
  }
}

// The short way to stays says what the stories say by which moves and corrections are judged.
TEST_F(ReportProperty, StaysAreTheVisitsOfTheStory) {
  int plain = 0;
  for (const RandomDeal& each : Deals()) {
    for (int i = 0; i < 10; ++i) {
      const Viewpoint view = From(ReportClock::kEffective, AnyTime(), AnyTime());
      const absl::Span<const StageChange> known = KnownAt(each.story(), view.known_at);
      const auto stays = StaysOf(each.deal().changes, view);
      ASSERT_TRUE(stays.ok()) << stays.status();
      if (known.empty()) {
        ASSERT_TRUE(stays->empty());
        continue;
      }
      plain += each.deal().changes[known.size() - 1].correction == nullptr ? 1 : 0;
      const auto story = Replay(known);
      ASSERT_TRUE(story.ok()) << story.status();
      size_t count = 0;
      for (const StageVisit& visit : story->visits) {
        if (visit.enter_time > view.at) break;
        ASSERT_LT(count, stays->size());
        const Stay& stay = (*stays)[count++];
        const Place& place = story->places[visit.place];
        ASSERT_EQ(stay.enter_time, visit.enter_time);
        ASSERT_EQ(stay.leave_time.has_value(), visit.leave_time && *visit.leave_time <= view.at);
        ASSERT_EQ(stay.pipeline, place.pipeline);
        ASSERT_EQ(stay.stage, place.stage);
        ASSERT_EQ(stay.stage_key, place.stage_key);
        ASSERT_EQ(stay.stage_name, place.stage_name);
        ASSERT_EQ(stay.type, place.type);
        ASSERT_EQ(stay.probability, place.probability);
        ASSERT_EQ(stay.category, place.category);
        ASSERT_EQ(stay.loss_reason, place.loss_reason);
      }
      ASSERT_EQ(count, stays->size());
    }
  }
  EXPECT_GT(plain, 1000) << "both ways were taken";
}

TEST_F(ReportProperty, ComparisonsOfForecastsAddUpExactly) {
  std::map<ForecastPart, int> happened;
  for (size_t start = 0; start + kTogether <= Deals().size(); start += kTogether) {
    for (int i = 0; i < 8; ++i) {
      absl::Time first = AnyTime();
      absl::Time second = AnyTime();
      if (second < first) std::swap(first, second);
      const ReportClock clock = i % 2 == 0 ? ReportClock::kEffective : ReportClock::kRecorded;
      ReportQuery query;
      query.groups.zone = absl::UTCTimeZone();
      query.view = From(clock, second, second + absl::Hours(200));
      query.period = {absl::CivilDay(2026, 6, 1), absl::CivilDay(2026, 9, 1)};
      if (i % 3 == 0) query.scope.owners = {"agent-1", "agent-7"};
      if (i % 4 == 1) query.scope.pipeline = "default";
      ForecastComparison comparison(From(clock, first, first), query, i % 2 == 0 || i > 4, 5);
      for (size_t deal = start; deal < start + kTogether; ++deal) {
        ASSERT_TRUE(comparison.Add(Deals()[deal].deal()).ok());
      }
      ASSERT_EQ(Sum(comparison.before(), comparison.net()), comparison.after())
          << start << " " << i;
      ASSERT_EQ(Sum(comparison.before(), comparison.gross()), comparison.after())
          << start << " " << i;
      for (const auto& [part, sum] : comparison.gross()) happened[part] += 1;
      if (clock == ReportClock::kRecorded) {
        ASSERT_FALSE(comparison.net().contains(ForecastPart::kRestated));
      }
    }
  }
  EXPECT_EQ(happened.size(), 14u) << "each part did happen";
}

// A funnel's counts hang together, whatever was done.
TEST_F(ReportProperty, FunnelsNarrow) {
  const Pipeline pipelines[] = {DefaultPipeline(), *Renewals()};
  ReportQuery query;
  query.groups.zone = absl::UTCTimeZone();
  query.groups.by = {ReportGrouping::kOwner, ReportGrouping::kStage};
  query.order = StageOrder(pipelines);
  query.period = {absl::CivilDay(2026, 1, 1), absl::CivilDay(2027, 1, 1)};
  query.view =
      From(ReportClock::kEffective, kStart + absl::Hours(24) * 150, kStart + absl::Hours(24) * 400);
  FunnelReport funnel(query, FunnelStagesOf(DefaultPipeline()), std::nullopt);
  PipelineSummary summary(query);
  for (const RandomDeal& each : Deals()) {
    const auto seen = See(each.deal(), query.view);
    ASSERT_TRUE(seen.ok());
    if (!seen->has_value()) continue;
    funnel.Add(**seen);
    summary.Add(**seen);
  }
  const FunnelReport::Row& total = funnel.total();
  EXPECT_EQ(total.open + total.won + total.lost, total.opened);
  EXPECT_EQ(total.open, summary.total().count);
  int64_t above = total.opened;
  for (const FunnelReport::StageRow& stage : total.stages) {
    EXPECT_LE(stage.entered, stage.reached);
    EXPECT_LE(stage.reached, above);
    EXPECT_EQ(static_cast<int64_t>(stage.until_reached.count()), stage.reached);
    above = stage.reached;
  }
  EXPECT_GE(total.stages.back().reached, total.won);
  int64_t opened = 0;
  for (const auto& [key, row] : funnel.rows().rows()) opened += row.opened;
  EXPECT_EQ(opened, total.opened);
}

}  // namespace
}  // namespace crm::opportunity::testing
