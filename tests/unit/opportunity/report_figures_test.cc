// The arithmetic of reports against values worked out by hand.

#include "services/opportunity/domain/report_figures.h"

#include <gmock/gmock.h>

namespace crm::opportunity {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);

TEST(RoundHundredths, GoesHalfToEven) {
  const struct {
    int64_t hundredths;
    int64_t whole;
  } cases[] = {{0, 0},     {49, 0},    {50, 0},    {51, 1},    {149, 1},
               {150, 2},   {250, 2},   {251, 3},   {-50, 0},   {-51, -1},
               {-150, -2}, {-250, -2}, {-249, -2}, {-251, -3}, {10000, 100}};
  for (const auto& each : cases) {
    EXPECT_EQ(static_cast<int64_t>(RoundHundredths(each.hundredths)), each.whole)
        << each.hundredths;
  }
}

// Rounded parts do not add up; what is added is exact.
TEST(MoneySums, AreExactWhereRoundedPartsAreNot) {
  MoneySums all;
  int64_t rounded = 0;
  for (int i = 0; i < 3; ++i) {
    MoneySums one;
    one.Add(base::Money{"EUR", 1}, 40);
    all.Add(base::Money{"EUR", 1}, 40);
    rounded += static_cast<int64_t>(RoundHundredths(one.sums().at("EUR").weighted));
  }
  EXPECT_EQ(rounded, 0);
  EXPECT_EQ(static_cast<int64_t>(RoundHundredths(all.sums().at("EUR").weighted)), 1);
}

TEST(MoneySums, HoldMoreThanSixtyFourBits) {
  MoneySums sums;
  for (int i = 0; i < 1000; ++i) sums.Add(base::Money{"EUR", 1'000'000'000'000'000}, 100);
  EXPECT_EQ(sums.sums().at("EUR").weighted, absl::int128(1'000'000'000'000'000) * 100'000);
  sums.Add(std::nullopt, 100);
  EXPECT_EQ(sums.without_amount(), 1);
}

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
  EXPECT_EQ(curve.ShareAfter(0), 1);
  EXPECT_EQ(curve.ShareAfter(1), 0.75);
  EXPECT_EQ(curve.ShareAfter(2), 0.75);
  EXPECT_EQ(curve.ShareAfter(3), 0.375);
  EXPECT_EQ(curve.PercentileDays(50), 3);
  EXPECT_EQ(curve.PercentileDays(75), std::nullopt) << "not known yet";
  EXPECT_EQ(curve.RestrictedMeanDays(), 1 + 0.75 * 2 + 0.375);
}

// Of things of one time those that left are there when the others are counted.
TEST(SurvivalCurve, WhatIsCensoredAtATimeWasThereThen) {
  SurvivalCurve curve;
  curve.AddRunning(kDay * 2);
  curve.AddLeft(kDay * 2);
  EXPECT_EQ(curve.ShareAfter(2), 0.5);
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
}  // namespace crm::opportunity
