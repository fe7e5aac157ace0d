#include "common/pg/column_text.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"

namespace crm::pg {
namespace {

// The number in `count` digits from `from` on, -1 if there is anything else.
int Digits(absl::string_view text, size_t from, size_t count) {
  int value = 0;
  for (size_t i = from; i < from + count; ++i) {
    if (!absl::ascii_isdigit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// Of ".5" … ".123456"; -1 if it is no such fraction.
int64_t MicrosOf(absl::string_view fraction) {
  if (fraction.empty()) return 0;
  if (fraction[0] != '.' || fraction.size() < 2 || fraction.size() > 7) return -1;
  int64_t micros = Digits(fraction, 1, fraction.size() - 1);
  for (size_t i = fraction.size(); i < 7; ++i) micros *= 10;
  return micros;
}

}  // namespace

std::optional<int64_t> IntOf(absl::string_view text) {
  int64_t value = 0;
  return absl::SimpleAtoi(text, &value) ? std::optional(value) : std::nullopt;
}

std::optional<bool> BoolOf(absl::string_view text) {
  return text == "t" || text == "f" ? std::optional(text == "t") : std::nullopt;
}

std::optional<absl::Time> TimeOf(absl::string_view text) {
  // 2026-01-31 12:34:56.123456+00, fraction with as many digits as needed.
  if (text.size() < 22 || text.substr(text.size() - 3) != "+00") return std::nullopt;
  const std::optional<absl::CivilDay> day = DayOf(text.substr(0, 10));
  const int hour = Digits(text, 11, 2);
  const int minute = Digits(text, 14, 2);
  const int second = Digits(text, 17, 2);
  const int64_t micros = MicrosOf(text.substr(19, text.size() - 22));
  if (!day.has_value() || hour < 0 || minute < 0 || second < 0 || micros < 0) return std::nullopt;
  return absl::FromCivil(
             absl::CivilSecond(day->year(), day->month(), day->day(), hour, minute, second),
             absl::UTCTimeZone()) +
         absl::Microseconds(micros);
}

std::optional<absl::CivilDay> DayOf(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, 5, 2);
  const int day = Digits(text, 8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  return absl::CivilDay(year, month, day);
}

std::optional<std::string> BytesOf(absl::string_view text) {
  if (text.substr(0, 2) != "\\x") return std::nullopt;
  return absl::HexStringToBytes(text.substr(2));
}

}  // namespace crm::pg
