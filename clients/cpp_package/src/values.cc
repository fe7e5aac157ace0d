#include "crm/pipeline/values.h"

#include <absl/numeric/int128.h>
#include <absl/random/random.h>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <limits>

#include "crm/pipeline/methods.h"

namespace crm::pipeline {
namespace {

// Digits behind the point in ISO 4217, where they are not two.
int DigitsOf(absl::string_view currency) {
  struct Group {
    int digits;
    absl::string_view currencies;
  };
  static constexpr Group kGroups[] = {
      {0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"},
      {3, "BHD IQD JOD KWD LYD OMR TND"},
      {4, "CLF UYW"}};
  for (const Group& group : kGroups) {
    if (currency.size() == 3 && group.currencies.find(currency) != absl::string_view::npos) {
      return group.digits;
    }
  }
  return 2;
}

absl::Status NoAmount(absl::string_view currency, absl::string_view amount) {
  return absl::InvalidArgumentError(
      absl::StrCat(amount, " ", currency,
                   ": no amount, finer than the currency's smallest unit, or beyond 64 bits"));
}

}  // namespace

absl::StatusOr<type::v1::Money> MakeMoney(absl::string_view currency, absl::string_view amount) {
  absl::string_view rest = amount;
  const bool negative = absl::ConsumePrefix(&rest, "-");
  absl::int128 minor = 0;
  int behind = -1;  // digits behind the point, -1 before it
  bool any = false;
  for (const char c : rest) {
    if (c == '.' && behind < 0) {
      behind = 0;
      continue;
    }
    if (!absl::ascii_isdigit(c) || minor > std::numeric_limits<int64_t>::max()) {
      return NoAmount(currency, amount);
    }
    any = true;
    if (behind >= 0 && ++behind > DigitsOf(currency)) {
      if (c != '0') return NoAmount(currency, amount);
      continue;
    }
    minor = minor * 10 + (c - '0');
  }
  for (int i = std::max(behind, 0); i < DigitsOf(currency); ++i) minor *= 10;
  if (negative) minor = -minor;
  if (!any || minor > std::numeric_limits<int64_t>::max() ||
      minor < std::numeric_limits<int64_t>::min()) {
    return NoAmount(currency, amount);
  }
  type::v1::Money money;
  money.set_currency_code(std::string(currency));
  money.set_amount_minor(static_cast<int64_t>(minor));
  return money;
}

std::string AmountOf(const type::v1::Money& money) {
  const int digits = DigitsOf(money.currency_code());
  absl::int128 minor = money.amount_minor();
  const bool negative = minor < 0;
  std::string text = absl::StrCat(static_cast<uint64_t>(negative ? -minor : minor));
  if (digits > 0) {
    const size_t least = digits + 1;
    if (text.size() < least) text.insert(0, least - text.size(), '0');
    text.insert(text.size() - digits, ".");
  }
  return negative ? "-" + text : text;
}

type::v1::Date ToDate(absl::CivilDay day) {
  type::v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::CivilDay DateOf(const type::v1::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

std::string NewRequestId() {
  thread_local absl::BitGen generator;
  const uint64_t high = static_cast<uint64_t>(absl::ToUnixMillis(absl::Now())) << 16 | 0x7000 |
                        absl::Uniform<uint64_t>(generator, 0, 0x1000);
  const uint64_t low = absl::Uniform<uint64_t>(generator) >> 2 | uint64_t{1} << 63;
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, high >> 16 & 0xffff,
                         high & 0xffff, low >> 48, low & 0xffffffffffff);
}

}  // namespace crm::pipeline
