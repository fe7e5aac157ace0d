// Which texts are taken for which value, and which are refused: a table per kind.

#include "clients/crmctl/import/value_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/crmctl/import/file_tables.h"
#include "common/base/text.h"

namespace crm::crmctl {
namespace {

using testing::ElementsAre;

struct TimeCase {
  std::vector<std::string> formats;
  const char* text;
  const char* zone;
  const char* time;  // RFC 3339 in UTC; empty: refused
};

class TimeTextTest : public testing::TestWithParam<TimeCase> {};

TEST_P(TimeTextTest, IsTakenOrRefused) {
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone(GetParam().zone, &zone));
  const auto time = ParseTime(GetParam().text, GetParam().formats, zone);
  const std::string text =
      time ? absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", *time, absl::UTCTimeZone()) : "";
  EXPECT_EQ(text, GetParam().time) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Iso, TimeTextTest,
    testing::Values(TimeCase{{}, "2025-02-28", "UTC", "2025-02-28T00:00:00Z"},
                    TimeCase{{}, "2025-2-8", "UTC", "2025-02-08T00:00:00Z"},
                    TimeCase{{}, "2025-02-28", "Europe/Madrid", "2025-02-27T23:00:00Z"},
                    TimeCase{{}, "2025-02-28T10:00:00Z", "Europe/Madrid", "2025-02-28T10:00:00Z"},
                    TimeCase{{}, "2025-02-28T10:00:00.5+02:00", "UTC", "2025-02-28T08:00:00.5Z"},
                    TimeCase{{}, "2025-02-28 10:00", "UTC", "2025-02-28T10:00:00Z"},
                    TimeCase{{}, "2025-02-28 10:00:59", "UTC", "2025-02-28T10:00:59Z"},
                    TimeCase{{}, "2025-02-30", "UTC", ""}, TimeCase{{}, "28/02/2025", "UTC", ""},
                    TimeCase{{}, "2025-02", "UTC", ""}, TimeCase{{}, "soon", "UTC", ""},
                    TimeCase{{}, "infinite-past", "UTC", ""}, TimeCase{{}, "0000-01-01", "UTC", ""},
                    TimeCase{{}, "2025-02-28x", "UTC", ""}));

INSTANTIATE_TEST_SUITE_P(
    Formats, TimeTextTest,
    testing::Values(
        TimeCase{{"%d/%m/%y"}, "3/2/25", "UTC", "2025-02-03T00:00:00Z"},
        TimeCase{{"%d/%m/%y"}, "13/13/25", "UTC", ""}, TimeCase{{"%d/%m/%Y"}, "3/2/25", "UTC", ""},
        TimeCase{{"%m/%d/%Y"}, "02/28/2025", "UTC", "2025-02-28T00:00:00Z"},
        TimeCase{{"%m/%d/%Y"}, "28/02/2025", "UTC", ""},
        TimeCase{{"%m-%d-%Y %H:%M"}, "02-28-2025 9:05", "UTC", "2025-02-28T09:05:00Z"},
        TimeCase{{"%Y%m%d"}, "20250228", "UTC", "2025-02-28T00:00:00Z"},
        TimeCase{{"%d %b %Y"}, "28 Feb 2025", "UTC", "2025-02-28T00:00:00Z"},
        TimeCase{{"%d/%m/%Y %I:%M %p"}, "28/02/2025 1:05 PM", "UTC", "2025-02-28T13:05:00Z"},
        TimeCase{{"iso", "%d.%m.%Y"}, "28.2.2025", "UTC", "2025-02-28T00:00:00Z"},
        TimeCase{{"iso", "%d.%m.%Y"}, "2025-02-28", "UTC", "2025-02-28T00:00:00Z"},
        TimeCase{{"unix"}, "1740700800", "UTC", "2025-02-28T00:00:00Z"},
        TimeCase{{"unix_ms"}, "1740700800000", "UTC", "2025-02-28T00:00:00Z"},
        TimeCase{{"unix"}, "-5", "UTC", ""}, TimeCase{{"unix"}, "1e9", "UTC", ""},
        TimeCase{{"excel"}, "45716", "UTC", "2025-02-28T00:00:00Z"},
        TimeCase{{"excel"}, "45716.25", "UTC", "2025-02-28T06:00:00Z"},
        TimeCase{{"excel"}, "2025-02-28", "UTC", ""}, TimeCase{{"excel"}, "1", "UTC", ""}));

TEST(ValueTextTest, FormatsAreThoseThatTellADay) {
  for (const char* sound : {"%d/%m/%y", "%Y%m%d", "%d %b %Y %H:%M:%S %z", "iso", "excel", "%F"}) {
    EXPECT_TRUE(IsTimeFormat(sound)) << sound;
  }
  for (const char* bad : {"", "%d/%m", "dd/mm/yyyy", "%Q%Y", "%Y-%", "Excel"}) {
    EXPECT_FALSE(IsTimeFormat(bad)) << bad;
  }
}

struct WholeCase {
  const char* text;
  Range range;
  int64_t value;  // -1: refused, -2: left out
};

TEST(ValueTextTest, WholeNumbersAndRanges) {
  const NumberForm english{'.', ",", false};
  for (const WholeCase& each : std::vector<WholeCase>{{"250", Range::kRefuse, 250},
                                                      {"1,200", Range::kRefuse, 1200},
                                                      {"250.0", Range::kRefuse, 250},
                                                      {"250.5", Range::kRefuse, -1},
                                                      {"12,00", Range::kRefuse, -1},
                                                      {"51-200", Range::kRefuse, -1},
                                                      {"51-200", Range::kLow, 51},
                                                      {"51 – 200", Range::kHigh, 200},
                                                      {"51 to 200", Range::kMid, 125},
                                                      {"1,001-5,000", Range::kLow, 1001},
                                                      {"51-200", Range::kDrop, -2},
                                                      {"10000+", Range::kLow, 10000},
                                                      {"10,000+", Range::kMid, 10000},
                                                      {"10000+", Range::kRefuse, -1},
                                                      {"<50", Range::kLow, 0},
                                                      {"<50", Range::kHigh, 50},
                                                      {"200-51", Range::kLow, -1},
                                                      {"many", Range::kLow, -1},
                                                      {"", Range::kLow, -1},
                                                      {"+", Range::kLow, -1},
                                                      {"99999999999999999999", Range::kLow, -1}}) {
    const auto number = ParseWhole(each.text, english, each.range);
    EXPECT_EQ(number ? number->value.value_or(-2) : -1, each.value) << each.text;
  }
}

TEST(ValueTextTest, SeveralValuesInOneCell) {
  EXPECT_THAT(SplitValues(" a@x ;b@y;; a@x", ";"), ElementsAre("a@x", "b@y"));
  EXPECT_THAT(SplitValues("a, b;c", ",;"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(SplitValues(" ", ";"), ElementsAre());
}

TEST(ValueTextTest, WhatIsShownIsNeverHalfACharacter) {
  for (size_t length = 1; length < 70; ++length) {
    std::string text(length, 'x');
    for (int i = 0; i < 20; ++i) text += "漢";
    const std::string shown = Shown(text);
    EXPECT_TRUE(base::IsValidUtf8(shown)) << shown;
    EXPECT_LE(base::CodePoints(shown), 63u);
  }
  EXPECT_EQ(Shown("caf\xe9"), "\"caf\uFFFD\"");
  EXPECT_TRUE(base::IsValidUtf8(Shown(std::string(5000, '\xff'))));
}

TEST(ValueTextTest, PatternsOfRows) {
  EXPECT_TRUE(MatchesPattern("closed won", "closed*"));
  EXPECT_TRUE(MatchesPattern("closed won", "*w?n"));
  EXPECT_TRUE(MatchesPattern("", "*"));
  EXPECT_FALSE(MatchesPattern("closed won", "won*"));
  EXPECT_FALSE(MatchesPattern("a", ""));
  EXPECT_FALSE(MatchesPattern(std::string(5000, 'a'), "*a*a*a*a*a*b"));
}

}  // namespace
}  // namespace crm::crmctl
