#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

// Amounts of several currencies told in one, exactly.
namespace crm::opportunity {

// A decimal number: digits / 10^scale.
struct Rate {
  int64_t digits = 1;
  int scale = 0;

  bool operator==(const Rate&) const = default;
};

// "0.9217": greater than 0, with at most 10 digits behind leading zeros and at most 12 behind the
// point, so that sums stay exact. Nothing for anything else.
std::optional<Rate> RateFrom(absl::string_view text);

// What one unit of a currency is worth from a month on, in that of its table.
struct CurrencyRate {
  std::string currency;
  absl::CivilMonth from;
  Rate rate;
};

// Rates of currencies. A rate holds from its month until the next of the same currency.
class RateTable {
 public:
  // `rates`: one for each currency and month, none for `currency`, which is worth itself.
  RateTable(std::string currency, std::vector<CurrencyRate> rates);

  // The currency to convert to.
  const std::string& currency() const { return currency_; }

  // The one that holds on a day, without one the last. nullptr if there is none. Lives as long as
  // the table, also when that is moved.
  const CurrencyRate* Find(const std::string& currency, std::optional<absl::CivilDay> day) const;

 private:
  using ByMonth = std::map<absl::CivilMonth, CurrencyRate>;
  std::string currency_;
  std::map<std::string, ByMonth> rates_;
};

// A sum of converted amounts, exact.
class ConvertedTotal {
 public:
  // In the smallest units of `currency`, each 1/10^`parts` of one.
  explicit ConvertedTotal(absl::string_view currency, int parts = 0);

  // `amount` in such parts of the smallest units of the currency of `rate`. In sum less than 10^24.
  void Add(absl::int128 amount, const CurrencyRate& rate);

  // In whole smallest units, half to even.
  absl::int128 Rounded() const;
  // All of it, in parts: a decimal number.
  std::string Text() const;
  double AsDouble() const;  // in smallest units

 private:
  int digits_ = 0;
  int parts_ = 0;
  absl::int128 whole_ = 0;     // in parts
  absl::int128 fraction_ = 0;  // beside it, in 1/10^16 of a part: from 0 to less than 1
};

}  // namespace crm::opportunity
