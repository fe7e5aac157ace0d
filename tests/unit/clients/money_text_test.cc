#include "clients/crmctl/import/money_text.h"

#include <gtest/gtest.h>

namespace crm::crmctl {
namespace {

TEST(MoneyTextTest, IsExact) {
  EXPECT_EQ(ParseMinor("1054", "USD", 1), 105400);
  EXPECT_EQ(ParseMinor("1054.5", "USD", 1), 105450);
  EXPECT_EQ(ParseMinor("0.07", "USD", 1), 7);
  EXPECT_EQ(ParseMinor("10", "JPY", 1), 10);
  EXPECT_EQ(ParseMinor("1.234", "KWD", 1), 1234);
  EXPECT_EQ(ParseMinor("1100.04", "USD", 1000000), 110004000000);
  EXPECT_EQ(ParseMinor("-3.10", "USD", 1), -310);
}

TEST(MoneyTextTest, DecimalsThatTheCurrencyHasNotAreRefusedAlsoWhenTheyAreZeros) {
  EXPECT_FALSE(ParseMinor("1.000", "EUR", 1)) << "may be a thousand";
  EXPECT_FALSE(ParseMinor("12.500", "EUR", 1));
  EXPECT_FALSE(ParseMinor("1.0", "JPY", 1));
  EXPECT_EQ(ParseMinor("1.000", "KWD", 1), 1000);
  EXPECT_EQ(ParseMinor("1.50000000", "EUR", 1000000), 150000000);
}

TEST(MoneyTextTest, ReadsNumbersAsTheyAreWritten) {
  const NumberForm german{',', ".", false};
  EXPECT_EQ(ParseMinor("1.234.567,89", "EUR", 1, german), 123456789);
  EXPECT_EQ(ParseMinor("1.000", "EUR", 1, german), 100000);
  EXPECT_EQ(ParseMinor("(1.234,50)", "EUR", 1, german), -123450);
  EXPECT_EQ(ParseMinor("1.234,50-", "EUR", 1, german), -123450);
  EXPECT_FALSE(ParseMinor("12.34", "EUR", 1, german)) << "no group of three";
  EXPECT_FALSE(ParseMinor("1.2345", "EUR", 1, german));
  const NumberForm indian{'.', ",", false};
  EXPECT_EQ(ParseMinor("12,34,567.00", "INR", 1, indian), 123456700);
  const NumberForm swiss{'.', "'", false};
  EXPECT_EQ(ParseMinor("1'234.05", "CHF", 1, swiss), 123405);
  const NumberForm rounded{'.', "", true};
  EXPECT_EQ(ParseMinor("1.005", "EUR", 1, rounded), 100);
  EXPECT_EQ(ParseMinor("1.015", "EUR", 1, rounded), 102);
  EXPECT_EQ(ParseMinor("1.0051", "EUR", 1, rounded), 101);
  EXPECT_EQ(ParseMinor("-1.015", "EUR", 1, rounded), -102);
}

TEST(MoneyTextTest, RefusesWhatIsNoAmount) {
  for (const char* text : {"", "-", ".", "1,000", "1e3", "1.2.3", "abc", " 1", "1.005", "$5",
                           "99999999999999999999"}) {
    EXPECT_FALSE(ParseMinor(text, "USD", 1)) << text;
  }
  EXPECT_FALSE(ParseMinor("1.5", "JPY", 1));
  EXPECT_FALSE(ParseMinor("1", "XXZ", 1));
  EXPECT_FALSE(ParseMinor("999999999999999", "USD", 1000000));
}

TEST(MoneyTextTest, WritesWithTheCurrencysDecimals) {
  EXPECT_EQ(FormatMinor(105450, "USD"), "1054.50 USD");
  EXPECT_EQ(FormatMinor(7, "USD"), "0.07 USD");
  EXPECT_EQ(FormatMinor(-310, "USD"), "-3.10 USD");
  EXPECT_EQ(FormatMinor(10, "JPY"), "10 JPY");
}

}  // namespace
}  // namespace crm::crmctl
