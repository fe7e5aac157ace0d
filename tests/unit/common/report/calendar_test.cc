#include "common/report/calendar.h"

#include <gmock/gmock.h>

namespace crm::report {
namespace {

using Day = absl::CivilDay;

TEST(WeekText, FollowsIso8601) {
  const struct {
    Day day;
    const char* week;
  } cases[] = {{Day(2026, 11, 27), "2026-W48"}, {Day(2026, 11, 29), "2026-W48"},
               {Day(2026, 11, 30), "2026-W49"}, {Day(2024, 12, 29), "2024-W52"},
               {Day(2024, 12, 30), "2025-W01"}, {Day(2025, 1, 1), "2025-W01"},
               {Day(2021, 1, 3), "2020-W53"},   {Day(2021, 1, 4), "2021-W01"},
               {Day(2027, 1, 1), "2026-W53"}};
  for (const auto& each : cases) EXPECT_EQ(WeekText(each.day), each.week);
}

TEST(FiscalYears, AreCalledAfterTheYearInWhichTheyEnd) {
  const struct {
    Day day;
    int start;
    int year;
    const char* quarter;
  } cases[] = {{Day(2026, 1, 1), 1, 2026, "2026-Q1"},   {Day(2026, 12, 31), 1, 2026, "2026-Q4"},
               {Day(2026, 3, 31), 4, 2026, "2026-Q4"},  {Day(2026, 4, 1), 4, 2027, "2027-Q1"},
               {Day(2026, 9, 30), 10, 2026, "2026-Q4"}, {Day(2026, 10, 1), 10, 2027, "2027-Q1"},
               {Day(2027, 1, 1), 10, 2027, "2027-Q2"},  {Day(2026, 11, 30), 12, 2026, "2026-Q4"},
               {Day(2026, 12, 1), 12, 2027, "2027-Q1"}, {Day(2027, 2, 28), 12, 2027, "2027-Q1"}};
  for (const auto& each : cases) {
    EXPECT_EQ(FiscalYearOf(each.day, each.start), each.year) << each.day << " " << each.start;
    EXPECT_EQ(QuarterText(each.day, each.start), each.quarter) << each.day << " " << each.start;
  }
}

TEST(Period, IsHalfOpen) {
  const Period period{Day(2026, 2, 1), Day(2026, 3, 1)};
  EXPECT_FALSE(period.Holds(Day(2026, 1, 31)));
  EXPECT_TRUE(period.Holds(Day(2026, 2, 1)));
  EXPECT_TRUE(period.Holds(Day(2026, 2, 28)));
  EXPECT_FALSE(period.Holds(Day(2026, 3, 1)));
  EXPECT_EQ(MonthText(period.start), "2026-02");
}

// Names come from outside: nothing but a file of the system's zones is opened.
TEST(TimeZoneOf, KnowsZonesAndNothingElse) {
  EXPECT_EQ(TimeZoneOf(""), absl::UTCTimeZone());
  EXPECT_EQ(TimeZoneOf("UTC"), absl::UTCTimeZone());
  EXPECT_TRUE(TimeZoneOf("Europe/Berlin").has_value());
  for (const char* name : {"Europe", "Nowhere/Else", "/etc/passwd", "../../etc/passwd", "Etc/.."}) {
    EXPECT_FALSE(TimeZoneOf(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace crm::report
