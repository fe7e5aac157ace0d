// The arithmetic of durations against values worked out by hand.

#include "common/report/curves.h"

#include <gmock/gmock.h>

namespace crm::report {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

TEST(Durations, PercentilesAreValuesThatThereAre) {
  Durations durations;
  EXPECT_EQ(durations.MeanDays(), std::nullopt);
  EXPECT_EQ(durations.PercentileDays(50), std::nullopt);
  for (const int days : {4, 1, 3, 2}) durations.Add(kDay * days);
  EXPECT_EQ(durations.MeanDays(), 2.5);
  EXPECT_EQ(durations.PercentileDays(50), 2);
  EXPECT_EQ(durations.PercentileDays(75), 3);
  EXPECT_EQ(durations.PercentileDays(76), 4);
  EXPECT_EQ(durations.PercentileDays(100), 4);
}

TEST(SurvivalCurve, WithoutCensoredOnesIsThatOfDurations) {
  Durations durations;
  SurvivalCurve curve;
  for (const int days : {5, 1, 9, 9, 2, 7, 3, 3, 12, 20}) {
    durations.Add(kDay * days);
    curve.AddLeft(kDay * days);
  }
  for (const int percent : {1, 10, 25, 50, 75, 90, 100}) {
    EXPECT_EQ(curve.PercentileDays(percent), durations.PercentileDays(percent)) << percent;
  }
  EXPECT_NEAR(*curve.RestrictedMeanDays(), *durations.MeanDays(), 1e-12);
}

// Fault of others: averages over survivors only. The two that last count for as long as they were
// seen: the share after 3 days is 3/4 × 1/2, not 1/3.
TEST(SurvivalCurve, CountsWhatLasts) {
  SurvivalCurve curve;
  curve.AddLeft(kDay * 1);
  curve.AddRunning(kDay * 2);
  curve.AddLeft(kDay * 3);
  curve.AddRunning(kDay * 4);
  EXPECT_EQ(curve.ShareAfter(kDay * 0), 1);
  EXPECT_EQ(curve.ShareAfter(kDay * 1), 0.75);
  EXPECT_EQ(curve.ShareAfter(kDay * 2), 0.75);
  EXPECT_EQ(curve.ShareAfter(kDay * 3), 0.375);
  EXPECT_EQ(curve.PercentileDays(50), 3);
  EXPECT_EQ(curve.PercentileDays(75), std::nullopt) << "not known yet";
  EXPECT_EQ(curve.RestrictedMeanDays(), 1 + 0.75 * 2 + 0.375);
}

// Of things of one time those that left are there when the others are counted.
TEST(SurvivalCurve, WhatIsCensoredAtATimeWasThereThen) {
  SurvivalCurve curve;
  curve.AddRunning(kDay * 2);
  curve.AddLeft(kDay * 2);
  EXPECT_EQ(curve.ShareAfter(kDay * 2), 0.5);
}

TEST(OutcomeCurve, WonLostAndOpenAreOneOnEveryDay) {
  using enum OutcomeCurve::Outcome;
  OutcomeCurve curve;
  curve.Add(kDay * 1, kWon);
  curve.Add(kDay * 2, kOpen);
  curve.Add(kDay * 3, kLost);
  curve.Add(kDay * 3, kWon);
  curve.Add(kDay * 9, kOpen);
  const auto shares = curve.After({0, 1, 2, 3, 10});
  EXPECT_EQ(shares[0].open, 1);
  EXPECT_DOUBLE_EQ(shares[1].won, 0.2);
  EXPECT_DOUBLE_EQ(shares[2].won, 0.2);
  EXPECT_DOUBLE_EQ(shares[3].won, 0.2 + 0.8 / 3);
  EXPECT_DOUBLE_EQ(shares[3].lost, 0.8 / 3);
  for (const OutcomeCurve::Shares& each : shares) {
    EXPECT_NEAR(each.won + each.lost + each.open, 1, 1e-12);
  }
}

}  // namespace
}  // namespace crm::report
