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

TEST(Currency, TheSmallestUnitIsThatOfIso4217EvenWhereNobodyWritesIt) {
  EXPECT_EQ(2, MinorDigits("RSD"));
  EXPECT_EQ(2, MinorDigits("MMK"));
  EXPECT_EQ(3, MinorDigits("IQD"));
}

TEST(Currency, KnowsTheYoungestOnes) {
  EXPECT_TRUE(IsCurrency("SLE"));
  EXPECT_TRUE(IsCurrency("XCG"));
  EXPECT_TRUE(IsCurrency("ZWG"));
}

TEST(Currency, RefusesWhatIsNoCurrency) {
  for (const char* code :
       {"", "EU", "EURO", "eur", "XXX", "XAU", "XTS", "CNH", "BOV", "USN", "DEM", "AAA", "ZZZ"}) {
    EXPECT_FALSE(IsCurrency(code)) << code;
    EXPECT_EQ(std::nullopt, MinorDigits(code)) << code;
  }
}

TEST(Money, IsAValue) {
  EXPECT_EQ((Money{"EUR", 100}), (Money{"EUR", 100}));
  EXPECT_NE((Money{"EUR", 100}), (Money{"USD", 100}));
  EXPECT_EQ(0, Money().minor);
}

}  // namespace
}  // namespace crm::base
