#include "common/report/calendar.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crm::report {
namespace {

constexpr char kZoneFolder[] = "/usr/share/zoneinfo/";
constexpr char kZoneLetters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";

}  // namespace

std::string MonthText(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d", day.year(), day.month());
}

int FiscalYearOf(absl::CivilDay day, int start) {
  const bool ends_next_year = start > 1 && day.month() >= start;
  return static_cast<int>(day.year()) + (ends_next_year ? 1 : 0);
}

std::string QuarterText(absl::CivilDay day, int start) {
  const int months = (day.month() - start + 12) % 12;  // since the year began
  return absl::StrFormat("%04d-Q%d", FiscalYearOf(day, start), months / 3 + 1);
}

std::string WeekText(absl::CivilDay day) {
  const absl::CivilDay thursday =
      absl::NextWeekday(absl::PrevWeekday(day + 1, absl::Weekday::monday), absl::Weekday::thursday);
  return absl::StrFormat("%04d-W%02d", thursday.year(), (absl::GetYearDay(thursday) + 6) / 7);
}

std::optional<absl::TimeZone> TimeZoneOf(const std::string& name) {
  if (name.empty() || name == "UTC") return absl::UTCTimeZone();
  // Only what is there is loaded: names are remembered, whatever becomes of them.
  std::error_code error;
  if (name.front() == '/' || name.find_first_not_of(kZoneLetters) != std::string::npos ||
      !std::filesystem::is_regular_file(absl::StrCat(kZoneFolder, name), error)) {
    return std::nullopt;
  }
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(name, &zone)) return std::nullopt;
  return zone;
}

}  // namespace crm::report
