#include "common/pg/column_text.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
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

constexpr size_t kWord = sizeof(uint64_t);
static_assert(std::endian::native == std::endian::little);

// `digit` in each byte of a word.
constexpr uint64_t Each(uint8_t digit) { return 0x0101010101010101 * digit; }

// The four bytes that eight hex digits (lower case) say, as they stand in memory; `wrong` gets bits
// for what is no digit. Payloads are long: this takes a quarter of what digit by digit does.
uint32_t FourBytes(uint64_t digits, uint64_t& wrong) {
  const uint64_t values = (digits & Each(0x0f)) + 9 * (digits >> 6 & Each(1));
  const uint64_t letters = (values + Each(0x80 - 10)) >> 7 & Each(1);
  const uint64_t written = values + Each('0') + letters * ('a' - '0' - 10);
  wrong |= (values & Each(0xf0)) | (digits ^ written);
  uint64_t pairs = (values << 4 | values >> 8) & 0x00ff00ff00ff00ff;
  pairs = (pairs | pairs >> 8) & 0x0000ffff0000ffff;
  return static_cast<uint32_t>(pairs | pairs >> 16);
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
  if (text.substr(0, 2) != "\\x" || text.size() % 2 != 0) return std::nullopt;
  text.remove_prefix(2);
  std::string bytes(text.size() / 2, '\0');
  uint64_t wrong = 0;
  for (size_t at = 0; at < text.size(); at += kWord) {
    uint64_t digits = Each('0');
    std::memcpy(&digits, &text[at], std::min(kWord, text.size() - at));
    const uint32_t four = FourBytes(digits, wrong);
    std::memcpy(&bytes[at / 2], &four, std::min(sizeof(four), bytes.size() - at / 2));
  }
  return wrong == 0 ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace crm::pg
