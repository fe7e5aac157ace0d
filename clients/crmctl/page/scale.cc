#include "clients/crmctl/page/scale.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/civil_time.h>

#include <algorithm>
#include <cmath>

#include "common/base/money.h"

namespace crm::crmctl {

std::vector<double> Ticks(double most, int wanted) {
  if (!(most > 0) || wanted < 1) return {0, 1};
  const double rough = most / wanted;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double times : {1.0, 2.0, 5.0}) {
    if (rough <= times * power * 1.0000001) {
      step = times * power;
      break;
    }
  }
  std::vector<double> ticks = {0};
  while (ticks.back() < most * 0.9999999) {
    ticks.push_back(static_cast<double>(ticks.size()) * step);
  }
  return ticks;
}

std::string Short(double number) {
  static constexpr const char* kUnits[] = {"", "k", "M", "G", "T"};
  size_t unit = 0;
  double value = std::abs(number);
  // What would be rounded to 1000 is 1 of the next unit.
  while (value >= 999.5 && unit + 1 < std::size(kUnits)) {
    value /= 1000;
    ++unit;
  }
  const int decimals = unit == 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  const char* const sign = number < 0 && value >= 0.5 ? "−" : "";
  return absl::StrFormat("%s%.*f%s", sign, decimals, value, kUnits[unit]);
}

std::string WithoutZeros(const std::string& text) {
  const size_t point = text.find('.');
  if (point == std::string::npos) return text;
  const size_t end = std::min(text.find_first_not_of("0123456789", point + 1), text.size());
  size_t last = end;
  while (text[last - 1] == '0') --last;
  if (last == point + 1) last = point;
  return text.substr(0, last) + text.substr(end);
}

std::string ShortAmount(double minor, const std::string& currency) {
  return Short(minor / std::pow(10, base::MinorDigits(currency).value_or(0)));
}

std::string ShortMoney(double minor, const std::string& currency) {
  return absl::StrCat(ShortAmount(minor, currency), " ", currency);
}

std::string MonthLabel(const std::string& month, bool first) {
  absl::CivilMonth parsed;
  if (month.size() != 7 || !absl::ParseCivilTime(month, &parsed)) return month;
  static constexpr const char* kNames[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const char* const name = kNames[parsed.month() - 1];
  if (!first && parsed.month() != 1) return name;
  return absl::StrFormat("%s %02d", name, parsed.year() % 100);
}

std::vector<std::string> MonthsBetween(const std::string& first, const std::string& last) {
  absl::CivilMonth month, end;
  if (!absl::ParseCivilTime(first, &month) || !absl::ParseCivilTime(last, &end)) return {};
  std::vector<std::string> months;
  for (; month <= end; ++month) {
    months.push_back(absl::StrFormat("%04d-%02d", month.year(), month.month()));
  }
  return months;
}

}  // namespace crm::crmctl
