#include "services/opportunity/domain/report_rates.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/money.h"

namespace crm::opportunity {
namespace {

constexpr int kMostDigits = 10;
constexpr int kMostScale = 12;
// What a rate's scale and the currencies' own digits (at most 4) can come to.
constexpr int kFractionDigits = kMostScale + 4;

absl::int128 PowerOfTen(int exponent) {
  absl::int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

constexpr int64_t kOne = 10'000'000'000'000'000;  // a part of as many digits

std::string DigitsOf(absl::int128 value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

}  // namespace

std::optional<Rate> RateFrom(absl::string_view text) {
  const size_t point = std::min(text.find('.'), text.size());
  const absl::string_view behind = text.substr(std::min(point + 1, text.size()));
  const std::string digits = absl::StrCat(text.substr(0, point), behind);
  const bool plain = point > 0 && (point == text.size() || !behind.empty()) &&
                     std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit);
  const size_t first = digits.find_first_not_of('0');
  if (!plain || first == std::string::npos || digits.size() - first > kMostDigits ||
      behind.size() > kMostScale) {
    return std::nullopt;
  }
  Rate rate{0, static_cast<int>(behind.size())};
  for (const char digit : digits) rate.digits = rate.digits * 10 + (digit - '0');
  return rate;
}

RateTable::RateTable(std::string currency, std::vector<CurrencyRate> rates)
    : currency_(std::move(currency)) {
  // Of all time.
  rates_[currency_][absl::CivilMonth::min()] = {currency_, absl::CivilMonth::min(), Rate()};
  for (CurrencyRate& rate : rates) {
    const absl::CivilMonth from = rate.from;
    rates_[rate.currency].insert_or_assign(from, std::move(rate));
  }
}

const CurrencyRate* RateTable::Find(const std::string& currency,
                                    std::optional<absl::CivilDay> day) const {
  const auto found = rates_.find(currency);
  if (found == rates_.end()) return nullptr;
  const ByMonth& months = found->second;
  const auto behind = day ? months.upper_bound(absl::CivilMonth(*day)) : months.end();
  return behind == months.begin() ? nullptr : &std::prev(behind)->second;
}

ConvertedTotal::ConvertedTotal(absl::string_view currency, int parts)
    : digits_(base::MinorDigits(currency).value_or(0)), parts_(parts) {}

void ConvertedTotal::Add(absl::int128 amount, const CurrencyRate& rate) {
  const int shift =
      digits_ - base::MinorDigits(rate.currency).value_or(0) - rate.rate.scale;  // at least -16
  const absl::int128 product = amount * rate.rate.digits;
  if (shift >= 0) {
    whole_ += product * PowerOfTen(shift);
    return;
  }
  whole_ += product / PowerOfTen(-shift);
  fraction_ += product % PowerOfTen(-shift) * PowerOfTen(kFractionDigits + shift);
  if (fraction_ < 0) {
    fraction_ += kOne;
    whole_ -= 1;
  } else if (fraction_ >= kOne) {
    fraction_ -= kOne;
    whole_ += 1;
  }
}

absl::int128 ConvertedTotal::Rounded() const {
  const absl::int128 unit = PowerOfTen(parts_);
  absl::int128 rounded = whole_ / unit;
  absl::int128 rest = whole_ % unit;
  if (rest < 0) {
    rest += unit;
    rounded -= 1;
  }
  const absl::int128 twice = 2 * (rest * kOne + fraction_);
  const absl::int128 all = unit * kOne;
  if (twice > all || (twice == all && rounded % 2 != 0)) rounded += 1;
  return rounded;
}

std::string ConvertedTotal::Text() const {
  const bool below = whole_ < 0;
  // Without the sign.
  const absl::int128 whole = below ? -whole_ - (fraction_ > 0 ? 1 : 0) : whole_;
  const absl::int128 fraction = below && fraction_ > 0 ? kOne - fraction_ : fraction_;
  std::string text = absl::StrCat(below ? "-" : "", DigitsOf(whole));
  if (fraction == 0) return text;
  std::string digits = DigitsOf(fraction);
  digits.insert(0, kFractionDigits - digits.size(), '0');
  digits.erase(digits.find_last_not_of('0') + 1);
  return absl::StrCat(text, ".", digits);
}

double ConvertedTotal::AsDouble() const {
  const auto parts = static_cast<double>(PowerOfTen(parts_));
  return (static_cast<double>(whole_) +
          static_cast<double>(fraction_) / static_cast<double>(kOne)) /
         parts;
}

}  // namespace crm::opportunity
