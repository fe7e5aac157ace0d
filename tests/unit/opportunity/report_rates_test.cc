// Conversion of currencies against values worked out by hand.

#include "services/opportunity/domain/report_rates.h"

#include <gmock/gmock.h>

#include "services/opportunity/domain/report_figures.h"
#include "services/opportunity/domain/report_scope.h"

namespace crm::opportunity {
namespace {

CurrencyRate RateOf(const char* currency, const char* rate, absl::CivilMonth from = {}) {
  return {currency, from, RateFrom(rate).value()};
}

std::string Converted(const char* to, int64_t minor, const CurrencyRate& rate) {
  ConvertedTotal total(to);
  total.Add(minor, rate);
  return total.Text();
}

TEST(RateFrom, TakesPositiveDecimalNumbersThatKeepSumsExact) {
  const struct {
    const char* text;
    std::optional<Rate> rate;
  } cases[] = {{"1", Rate{1, 0}},
               {"0.9217", Rate{9217, 4}},
               {"0.000037", Rate{37, 6}},
               {"1.50", Rate{150, 2}},
               {"1234567890", Rate{1234567890, 0}},
               {"0.000000000001", Rate{1, 12}},
               {"00012345.67890", Rate{1234567890, 5}},
               {"12345678901", std::nullopt},
               {"1.0000000000", std::nullopt},
               {"0.0000000000001", std::nullopt},
               {"0", std::nullopt},
               {"0.00", std::nullopt},
               {"-1", std::nullopt},
               {"+1", std::nullopt},
               {".5", std::nullopt},
               {"5.", std::nullopt},
               {".", std::nullopt},
               {"", std::nullopt},
               {"1,5", std::nullopt},
               {"1.2.3", std::nullopt},
               {" 1", std::nullopt},
               {"1e3", std::nullopt}};
  for (const auto& each : cases) EXPECT_EQ(RateFrom(each.text), each.rate) << each.text;
}

TEST(RateTable, ARateHoldsUntilTheNext) {
  const RateTable table("EUR", {RateOf("USD", "0.9", absl::CivilMonth(2026, 3)),
                                RateOf("USD", "0.8", absl::CivilMonth(2026, 5)),
                                RateOf("JPY", "0.006", absl::CivilMonth(2026, 5))});
  const auto at = [&table](const char* currency, std::optional<absl::CivilDay> day) {
    const CurrencyRate* const rate = table.Find(currency, day);
    return rate == nullptr ? 0 : rate->rate.digits;
  };
  EXPECT_EQ(at("USD", absl::CivilDay(2026, 2, 28)), 0);
  EXPECT_EQ(at("USD", absl::CivilDay(2026, 3, 1)), 9);
  EXPECT_EQ(at("USD", absl::CivilDay(2026, 4, 30)), 9);
  EXPECT_EQ(at("USD", absl::CivilDay(2026, 5, 1)), 8);
  EXPECT_EQ(at("USD", std::nullopt), 8) << "what is open goes by the last";
  EXPECT_EQ(at("JPY", absl::CivilDay(2026, 3, 1)), 0);
  EXPECT_EQ(at("CHF", std::nullopt), 0);
  EXPECT_EQ(at("EUR", absl::CivilDay(1990, 1, 1)), 1) << "worth itself";
}

TEST(ConvertedTotal, KnowsTheDigitsOfCurrencies) {
  EXPECT_EQ(Converted("EUR", 10'000, RateOf("USD", "0.9217")), "9217");
  EXPECT_EQ(Converted("EUR", 10'000, RateOf("JPY", "0.0061")), "6100");
  EXPECT_EQ(Converted("JPY", 10'000, RateOf("EUR", "163.9")), "16390");
  EXPECT_EQ(Converted("EUR", 1'000, RateOf("KWD", "3.01")), "301");
  EXPECT_EQ(Converted("CLF", 7, RateOf("JPY", "1")), "70000");
  EXPECT_EQ(Converted("JPY", 7, RateOf("CLF", "0.000000000001")), "0.0000000000000007");
}

TEST(ConvertedTotal, IsExactAndRoundedOnceHalfToEven) {
  const struct {
    const char* rate;
    int64_t minor;
    int times;
    int64_t rounded;
  } cases[] = {{"0.5", 1, 1, 0},   {"0.5", 3, 1, 2},          {"0.5", -1, 1, 0},
               {"0.5", -3, 1, -2}, {"0.500000001", 1, 1, 1},  {"0.1", 1, 5, 0},
               {"0.1", 1, 15, 2},  {"0.3333333333", 1, 3, 1}, {"0.4", 1, 3, 1}};
  for (const auto& each : cases) {
    ConvertedTotal total("EUR");
    const CurrencyRate rate = RateOf("USD", each.rate);
    for (int i = 0; i < each.times; ++i) total.Add(each.minor, rate);
    EXPECT_EQ(static_cast<int64_t>(total.Rounded()), each.rounded)
        << each.times << " × " << each.minor << " × " << each.rate;
  }
}

TEST(ConvertedTotal, TellsPartsThatAddUp) {
  const CurrencyRate dollar = RateOf("USD", "0.9217");
  ConvertedTotal hundredths("EUR", 2);
  hundredths.Add(-12'345, dollar);
  EXPECT_EQ(hundredths.Text(), "-11378.3865");
  EXPECT_EQ(static_cast<int64_t>(hundredths.Rounded()), -114);
  hundredths.Add(12'345, dollar);
  EXPECT_EQ(hundredths.Text(), "0");
  hundredths.Add(50, RateOf("EUR", "1"));
  EXPECT_EQ(static_cast<int64_t>(hundredths.Rounded()), 0);
  EXPECT_EQ(hundredths.AsDouble(), 0.5);
}

// As much as amounts and rates can come to.
TEST(ConvertedTotal, HoldsTheLargestSums) {
  ConvertedTotal total("CLF", 2);
  const absl::int128 most = absl::int128(1'000'000'000'000) * 1'000'000'000'000;  // 10^24
  total.Add(most, RateOf("JPY", "1234567890"));
  EXPECT_EQ(total.Text(), "12345678900000000000000000000000000000");
}

// Fault of others: currency converted at today's rate.
TEST(Rates, WhatIsClosedKeepsTheRateOfItsMonth) {
  ReportQuery query;
  query.rates.emplace("EUR", std::vector{RateOf("USD", "0.9", absl::CivilMonth(2026, 3)),
                                         RateOf("USD", "0.8", absl::CivilMonth(2026, 11))});
  const std::optional<base::Money> amount = base::Money{"USD", 1000};
  MoneySums sums;
  sums.Add(amount, 100, query.RateOf(amount, absl::CivilDay(2026, 3, 31)));
  sums.Add(amount, 50, query.RateOf(amount, std::nullopt));
  const std::optional<base::Money> franc = base::Money{"CHF", 1000};
  sums.Add(franc, 100, query.RateOf(franc, std::nullopt));
  ConvertedTotal total("EUR");
  for (const auto& [rate, sum] : sums.by_rate()) total.Add(sum.minor, *rate);
  EXPECT_EQ(total.Text(), "1700");
  EXPECT_EQ(sums.without_rate(), 1);
}

}  // namespace
}  // namespace crm::opportunity
