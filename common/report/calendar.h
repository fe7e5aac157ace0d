#pragma once

#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// Days, weeks and months of reports.
namespace crm::report {

// Half open days in a time zone.
struct Period {
  absl::CivilDay start;
  absl::CivilDay end;  // not in it

  bool Holds(absl::CivilDay day) const { return start <= day && day < end; }
};

// "2026-03".
std::string MonthText(absl::CivilDay day);
// The fiscal year that `day` lies in, of years that begin with the month `start`: called after the
// calendar year in which it ends. With its quarter, "2026-Q1".
int FiscalYearOf(absl::CivilDay day, int start);
std::string QuarterText(absl::CivilDay day, int start);
// "2026-W09", by ISO 8601: a week begins on Monday and belongs to the year of its Thursday.
std::string WeekText(absl::CivilDay day);

// UTC for an empty name; nothing if the system knows no such zone.
std::optional<absl::TimeZone> TimeZoneOf(const std::string& name);

}  // namespace crm::report
