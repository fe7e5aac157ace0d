#include "services/opportunity/domain/line_item.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "common/error/error.h"

namespace crm::opportunity {
namespace {

LineItem Line(int64_t quantity, int64_t price, int discount = 0, const char* currency = "EUR") {
  return {"press", quantity, {currency, price}, discount};
}

int64_t Minor(const LineItem& item) {
  const auto amount = AmountOf(item);
  return amount ? amount->minor : -1;
}

// Decimal digits, the lowest first: numbers as one multiplies them on paper.
using Digits = std::vector<int>;

Digits DigitsOf(int64_t number) {
  Digits digits;
  for (; number > 0; number /= 10) digits.push_back(static_cast<int>(number % 10));
  return digits;
}

Digits Times(const Digits& a, const Digits& b) {
  Digits product(a.size() + b.size() + 1, 0);
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < b.size(); ++j) product[i + j] += a[i] * b[j];
  }
  for (size_t i = 0; i + 1 < product.size(); ++i) {
    product[i + 1] += product[i] / 10;
    product[i] %= 10;
  }
  while (!product.empty() && product.back() == 0) product.pop_back();
  return product;
}

// The amount in minor units by paper arithmetic: six digits are cut off and looked at.
std::string OnPaper(const LineItem& item) {
  Digits exact = Times(Times(DigitsOf(item.quantity), DigitsOf(item.unit_price.minor)),
                       DigitsOf(1000 - item.discount));
  exact.resize(std::max<size_t>(exact.size(), 7), 0);
  const bool above = exact[5] > 5 || (exact[5] == 5 && std::any_of(exact.begin(), exact.begin() + 5,
                                                                   [](int d) { return d != 0; }));
  const bool half = exact[5] == 5 && !above;
  Digits whole(exact.begin() + 6, exact.end());
  if (above || (half && whole[0] % 2 == 1)) {
    size_t i = 0;
    while (i < whole.size() && whole[i] == 9) whole[i++] = 0;
    if (i == whole.size()) whole.push_back(0);
    ++whole[i];
  }
  while (whole.size() > 1 && whole.back() == 0) whole.pop_back();
  std::string text;
  for (auto digit = whole.rbegin(); digit != whole.rend(); ++digit) text += std::to_string(*digit);
  return text;
}

bool AtMostLimit(const std::string& amount) {
  const std::string limit = std::to_string(kMostAmount);
  return amount.size() < limit.size() || (amount.size() == limit.size() && amount <= limit);
}

TEST(LineItemAmount, IsExactAndRoundedOnceHalfToEven) {
  EXPECT_EQ(Minor(Line(1000, 1999)), 1999);
  EXPECT_EQ(Minor(Line(2500, 1001)), 2502);       // 2502.5
  EXPECT_EQ(Minor(Line(2500, 1003)), 2508);       // 2507.5
  EXPECT_EQ(Minor(Line(1, 500)), 0);              // 0.5
  EXPECT_EQ(Minor(Line(1, 501)), 1);              // 0.501
  EXPECT_EQ(Minor(Line(3, 500)), 2);              // 1.5
  EXPECT_EQ(Minor(Line(3000, 1999, 125)), 5247);  // 5247.375
  EXPECT_EQ(Minor(Line(1000, 12345, 1000)), 0);
  EXPECT_EQ(Minor(Line(1000, 0)), 0);
  // Discount and quantity rounded one after the other would give 1.
  EXPECT_EQ(Minor(Line(500, 1, 1)), 0);
}

TEST(LineItemAmount, CountsBeyond64Bits) {
  EXPECT_EQ(Minor(Line(kMostQuantity, 1'000'000)), kMostAmount);
  EXPECT_EQ(Minor(Line(1000, kMostAmount)), kMostAmount);
  EXPECT_EQ(AmountOf(Line(1001, kMostAmount)), std::nullopt);
  EXPECT_EQ(AmountOf(Line(kMostQuantity, kMostAmount)), std::nullopt);
  EXPECT_EQ(Minor(Line(kMostQuantity, kMostAmount, 1000)), 0);
}

TEST(LineItemAmount, IsThatOfPaperArithmetic) {
  std::mt19937_64 random(20261126);
  const auto below = [&](int64_t most) {
    // Small and round numbers as often as great ones: ties need them.
    const int64_t bound = std::min<int64_t>(most, int64_t{1} << (random() % 51));
    int64_t number = static_cast<int64_t>(random() % static_cast<uint64_t>(bound + 1));
    if (random() % 3 == 0) number = number / 500 * 500;
    return number;
  };
  int ties = 0;
  int refused = 0;
  for (int n = 0; n < 200'000; ++n) {
    const LineItem item = Line(std::max<int64_t>(1, below(kMostQuantity)), below(kMostAmount),
                               static_cast<int>(below(1000)));
    const std::string expected = OnPaper(item);
    const auto amount = AmountOf(item);
    ASSERT_EQ(amount.has_value(), AtMostLimit(expected))
        << item.quantity << " x " << item.unit_price.minor;
    refused += amount ? 0 : 1;
    if (!amount) continue;
    ASSERT_EQ(std::to_string(amount->minor), expected)
        << item.quantity << " x " << item.unit_price.minor << " - " << item.discount;
    const __int128 exact =
        static_cast<__int128>(item.quantity) * item.unit_price.minor * (1000 - item.discount);
    ties += exact % 1'000'000 == 500'000 ? 1 : 0;
  }
  EXPECT_GT(ties, 100) << "or rounding was not tried";
  EXPECT_GT(refused, 100) << "or the limit was not tried";
}

TEST(LineItemTotal, IsTheSumOfTheRoundedLines) {
  // 0.5 each: every line rounds to 0, so does the sum of a hundred of them.
  const std::vector<LineItem> halves(100, Line(1, 500));
  EXPECT_EQ(TotalOf(halves)->minor, 0);
  const auto total = TotalOf({Line(2500, 1001), Line(1000, 3, 0), Line(3000, 1999, 125)});
  ASSERT_TRUE(total.ok());
  EXPECT_EQ(total->minor, 2502 + 3 + 5247);
  EXPECT_EQ(total->currency, "EUR");
}

TEST(LineItemTotal, RefusesSeveralCurrenciesAndWhatIsTooMuch) {
  const auto fields = [](const absl::Status& status) {
    const auto details = error::DetailsOf(status);
    return details && !details->fields.empty() ? details->fields[0].field : std::string();
  };
  const auto mixed = TotalOf({Line(1000, 1), Line(1000, 1, 0, "USD")});
  EXPECT_EQ(error::ReasonOf(mixed.status()), "FIELD_INVALID");
  EXPECT_EQ(fields(mixed.status()), "line_items[1].unit_price.currency_code");
  EXPECT_EQ(fields(TotalOf({Line(1000, 1), Line(1001, kMostAmount)}).status()), "line_items[1]");
  EXPECT_EQ(fields(TotalOf({Line(1000, kMostAmount), Line(1000, 1)}).status()), "line_items[1]");
  EXPECT_TRUE(TotalOf({Line(1000, kMostAmount - 1), Line(1000, 1)}).ok());
}

}  // namespace
}  // namespace crm::opportunity
