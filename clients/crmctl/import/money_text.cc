#include "clients/crmctl/import/money_text.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include <limits>

#include "common/base/money.h"

namespace crm::crmctl {
namespace {

constexpr __int128 kMost = std::numeric_limits<int64_t>::max();

}  // namespace

std::optional<int64_t> ParseMinor(absl::string_view text, absl::string_view currency,
                                  int64_t scale) {
  const std::optional<int> digits = base::MinorDigits(currency);
  return digits ? ParseDecimal(text, *digits, scale) : std::nullopt;
}

std::optional<int64_t> ParseDecimal(absl::string_view text, int digits, int64_t scale) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  __int128 value = 0;
  int decimals = -1;  // behind the point; -1 before it
  int seen = 0;
  for (char c : text) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c)) || ++seen > 19) return std::nullopt;
    value = value * 10 + (c - '0');
    if (decimals >= 0) ++decimals;
  }
  if (seen == 0) return std::nullopt;
  value *= scale;
  for (int i = 0; i < digits; ++i) value *= 10;
  for (int i = 0; i < decimals; ++i) {
    if (value % 10 != 0) return std::nullopt;
    value /= 10;
  }
  if (value > kMost) return std::nullopt;
  return static_cast<int64_t>(negative ? -value : value);
}

std::string FormatMinor(int64_t minor, absl::string_view currency) {
  const int digits = base::MinorDigits(currency).value_or(0);
  const auto magnitude = static_cast<uint64_t>(minor);
  std::string text = absl::StrCat(minor < 0 ? 0 - magnitude : magnitude);
  if (digits > 0) {
    const auto least = static_cast<size_t>(digits) + 1;
    if (text.size() < least) text.insert(0, least - text.size(), '0');
    text.insert(text.size() - digits, 1, '.');
  }
  return absl::StrCat(minor < 0 ? "-" : "", text, " ", currency);
}

}  // namespace crm::crmctl
