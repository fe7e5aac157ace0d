// The arithmetic of reports against values worked out by hand.

#include "services/opportunity/domain/report_figures.h"

#include <gmock/gmock.h>

namespace crm::opportunity {
namespace {

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

}  // namespace
}  // namespace crm::opportunity
