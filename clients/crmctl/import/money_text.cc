#include "clients/crmctl/import/money_text.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include <limits>
#include <vector>

#include "common/base/money.h"

namespace crm::crmctl {
namespace {

constexpr __int128 kMost = std::numeric_limits<int64_t>::max();

// Takes the sign off: a minus before or behind, or brackets.
bool TakeMinus(absl::string_view* text) {
  if (text->size() > 2 && text->front() == '(' && text->back() == ')') {
    *text = text->substr(1, text->size() - 2);
    return true;
  }
  return absl::ConsumePrefix(text, "-") || absl::ConsumeSuffix(text, "-") ||
         absl::ConsumePrefix(text, "\u2212");
}

// The whole part without the signs between its groups: the first has one to three digits, the last
// three, those between two (as in India) or three. Nothing when they are otherwise.
std::optional<std::string> Ungrouped(absl::string_view whole, const std::string& sign) {
  if (sign.empty() || !absl::StrContains(whole, sign)) return std::string(whole);
  const std::vector<absl::string_view> groups = absl::StrSplit(whole, sign);
  for (size_t i = 0; i < groups.size(); ++i) {
    const size_t size = groups[i].size();
    const bool last = i + 1 == groups.size();
    const bool sound = last ? size == 3 : i == 0 ? size >= 1 && size <= 3 : size == 2 || size == 3;
    if (!sound) return std::nullopt;
  }
  return absl::StrJoin(groups, "");
}

int Zeros(int64_t scale) {
  int zeros = 0;
  for (; scale % 10 == 0 && scale > 1; scale /= 10) ++zeros;
  return zeros;
}

// Divides by 10 to the `power`; nothing when something is left over and it is not to be rounded.
std::optional<__int128> Shifted(__int128 value, int power, bool round) {
  __int128 divisor = 1;
  for (int i = 0; i < power; ++i) divisor *= 10;
  const __int128 rest = value % divisor;
  value /= divisor;
  if (rest == 0) return value;
  if (!round) return std::nullopt;
  const bool up = 2 * rest > divisor || (2 * rest == divisor && value % 2 == 1);
  return value + (up ? 1 : 0);
}

}  // namespace

std::optional<int64_t> ParseMinor(absl::string_view text, absl::string_view currency, int64_t scale,
                                  const NumberForm& form) {
  const std::optional<int> digits = base::MinorDigits(currency);
  return digits ? ParseDecimal(text, *digits, scale, form) : std::nullopt;
}

std::optional<int64_t> ParseDecimal(absl::string_view text, int digits, int64_t scale,
                                    const NumberForm& form) {
  const bool negative = TakeMinus(&text);
  const size_t point = text.find(form.decimal);
  const std::optional<std::string> whole = Ungrouped(text.substr(0, point), form.thousands);
  if (!whole) return std::nullopt;
  const absl::string_view rest =
      point == absl::string_view::npos ? absl::string_view() : text.substr(point + 1);
  const std::string all = absl::StrCat(*whole, rest);
  const auto decimals = static_cast<int>(rest.size());
  if (all.empty() || all.size() > 19) return std::nullopt;
  if (decimals > digits + Zeros(scale) && !form.round) return std::nullopt;
  __int128 value = 0;
  for (const char c : all) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  value *= scale;
  const std::optional<__int128> shifted =
      decimals > digits ? Shifted(value, decimals - digits, form.round) : value;
  if (!shifted) return std::nullopt;
  value = *shifted;
  for (int i = decimals; i < digits; ++i) value *= 10;
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
