#include "common/base/money.h"

#include <gtest/gtest.h>

namespace crm::base {
namespace {

TEST(Currency, KnowsTheDigitsOfTheSmallestUnit) {
  EXPECT_EQ(2, MinorDigits("EUR"));
  EXPECT_EQ(0, MinorDigits("JPY"));
  EXPECT_EQ(3, MinorDigits("KWD"));
  EXPECT_EQ(4, MinorDigits("CLF"));
}

TEST(Currency, FindsTheFirstAndTheLastOfItsTable) {
  EXPECT_TRUE(IsCurrency("AED"));
  EXPECT_TRUE(IsCurrency("ZWG"));
}

TEST(Currency, RefusesWhatIsNoCurrency) {
  for (const char* code : {"", "EU", "EURO", "eur", "XXX", "XAU", "AAA", "ZZZ"}) {
    EXPECT_FALSE(IsCurrency(code)) << code;
    EXPECT_EQ(std::nullopt, MinorDigits(code)) << code;
  }
}

TEST(Money, IsAValue) {
  EXPECT_EQ((Money{"EUR", 100}), (Money{"EUR", 100}));
  EXPECT_NE((Money{"EUR", 100}), (Money{"USD", 100}));
  EXPECT_EQ(0, Money().minor);
}

// The table is searched by halving, so every neighbour must be findable: all codes, one by one.
TEST(Currency, FindsEveryCodeItHolds) {
  int found = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      for (char c = 'A'; c <= 'Z'; ++c) {
        found += IsCurrency(std::string{a, b, c});
      }
    }
  }
  EXPECT_EQ(166, found);
}

}  // namespace
}  // namespace crm::base
