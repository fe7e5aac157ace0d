// What holds of reports over any leads: a thousand lives of chance.

#include <gmock/gmock.h>

#include <deque>

#include "services/lead/domain/report_conversion.h"
#include "services/lead/domain/report_lead_funnel.h"
#include "services/lead/domain/report_qualification.h"
#include "services/lead/domain/report_response.h"
#include "tests/unit/lead/random_lead.h"

namespace crm::lead::testing {
namespace {

constexpr int kLives = 1000;
constexpr int kSteps = 25;
const absl::Duration kSpan = absl::Hours(24) * 60;

std::deque<RandomLead>& Lives() {
  static auto& lives = *[] {
    auto* made = new std::deque<RandomLead>();
    for (uint32_t seed = 1; seed <= kLives; ++seed) {
      made->emplace_back(seed, kStart + absl::Hours(seed % 500));
      for (int i = 0; i < kSteps; ++i) made->back().Step();
    }
    return made;
  }();
  return lives;
}

ReportQuery Asked(const report::Viewpoint& view) {
  ReportQuery query;
  query.view = view;
  query.groups.zone = absl::UTCTimeZone();
  query.groups.by = {ReportGrouping::kSource, ReportGrouping::kOwner};
  query.period = {absl::CivilDay(2026, 1, 1), absl::CivilDay(2026, 3, 1)};
  return query;
}

std::vector<report::Viewpoint> Views() {
  std::vector<report::Viewpoint> views;
  for (int i = 0; i <= 6; ++i) {
    const absl::Time at = kStart + kSpan * i / 5;
    views.push_back({report::Clock::kRecorded, at, at});
    views.push_back({report::Clock::kEffective, at, kStart + kSpan * 2});
    views.push_back({report::Clock::kEffective, at, at + kSpan / 10});
  }
  return views;
}

TEST(LeadReports, TheChancesTakeEveryWay) {
  int won = 0, deleted = 0, corrected = 0, failed = 0, responded = 0;
  for (const RandomLead& life : Lives()) {
    deleted += life.it().deleted() ? 1 : 0;
    responded += life.it().activities.first_response ? 1 : 0;
    for (const SaleChange& change : life.story().sale) {
      won += change.state == SaleState::kWon ? 1 : 0;
      corrected += change.corrects ? 1 : 0;
    }
    for (const StageChange& change : life.changes()) {
      failed += change.from == LeadState::kConverting && change.to == LeadState::kQualified ? 1 : 0;
    }
  }
  for (const int count : {won, deleted, corrected, failed, responded}) EXPECT_GT(count, 20);
}

// What is entered later changes no report of an earlier instant by the recorded clock, nor one that
// says what it goes by.
TEST(LeadReports, WhatWasSaidStays) {
  int seen = 0;
  for (const RandomLead& life : Lives()) {
    for (const report::Viewpoint& view : Views()) {
      const auto now = See(life.story(), view);
      const auto then = See(life.Until(view.known_at), view);
      ASSERT_EQ(now.has_value(), then.has_value());
      if (!now) continue;
      ++seen;
      EXPECT_EQ(now->facts, then->facts);
      EXPECT_EQ(now->visits, then->visits);
      EXPECT_EQ(now->response, then->response);
      EXPECT_EQ(now->sale, then->sale);
    }
  }
  EXPECT_GT(seen, kLives);
}

// A reading that tells the versions since the instant alone says the same; but whose the lead was
// when a response was recorded, and by the recorded clock when that was.
TEST(LeadReports, VersionsSinceTheInstantAreEnough) {
  for (const RandomLead& life : Lives()) {
    for (const report::Viewpoint& view : Views()) {
      LeadStory since = life.story();
      const absl::Time from = std::min(view.at, view.known_at);
      while (since.versions.size() > 1 && since.versions[1].record_time <= from) {
        since.versions.erase(since.versions.begin());
      }
      const auto whole = See(life.story(), view);
      const auto part = See(since, view);
      ASSERT_EQ(whole.has_value(), part.has_value());
      if (!whole) continue;
      EXPECT_EQ(whole->facts, part->facts);
      EXPECT_EQ(whole->response.has_value(), part->response.has_value());
      if (view.clock == report::Clock::kEffective && whole->response) {
        EXPECT_EQ(whole->response->time, part->response->time);
      }
    }
  }
}

void ExpectWhole(const LeadFunnelReport::Row& row) {
  EXPECT_EQ(row.could_still + row.disqualified + row.lost + row.won, row.created);
  EXPECT_EQ(row.steps[0].entered, row.created);
  for (size_t i = 0; i < kFunnelSteps; ++i) {
    EXPECT_LE(row.steps[i].entered, row.steps[i].reached);
    EXPECT_LE(row.steps[i].reached, row.steps[i == 0 ? 0 : i - 1].reached);
  }
}

TEST(LeadReports, PartsAddUp) {
  for (const report::Viewpoint& view : Views()) {
    const ReportQuery query = Asked(view);
    LeadFunnelReport funnel(query, std::nullopt);
    ResponseReport responses(query, {5, 60, 1440});
    QualificationReport qualification(query);
    ConversionReport conversion(query, {0, 1, 7, 30, 90});
    for (const RandomLead& life : Lives()) {
      const auto seen = See(life.story(), view);
      if (!seen) continue;
      funnel.Add(*seen);
      responses.Add(*seen);
      qualification.Add(*seen);
      conversion.Add(*seen);
    }
    int64_t created = 0;
    for (const auto& [key, row] : funnel.rows().rows()) {
      ExpectWhole(row);
      created += row.created;
    }
    ExpectWhole(funnel.rows().total());
    EXPECT_EQ(created, funnel.rows().total().created);
    EXPECT_EQ(responses.rows().total().leads, created);
    const ConversionReport::Row& total = conversion.rows().total();
    EXPECT_EQ(total.converted, funnel.rows().total().steps[4].entered);
    EXPECT_EQ(total.won, funnel.rows().total().won);
    for (const auto* curve : {&total.conversions, &total.sales}) {
      for (const auto& shares : curve->After(conversion.days())) {
        EXPECT_NEAR(shares.won + shares.lost + shares.open, 1, 1e-9);
      }
    }
    const QualificationReport::Row& decided = qualification.rows().total();
    EXPECT_EQ(static_cast<int64_t>(decided.scores.count()),
              decided.decisions.qualified + decided.decisions.disqualified);
  }
}

}  // namespace
}  // namespace crm::lead::testing
