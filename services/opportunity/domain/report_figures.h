#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/numeric/int128.h"
#include "common/base/money.h"
#include "common/report/curves.h"
#include "services/opportunity/domain/report_rates.h"

// The arithmetic of reports: sums that are exact; estimates that take into account what is not over
// yet are those of common/report.
namespace crm::opportunity {

using report::DaysOf;
using report::Durations;
using report::OutcomeCurve;
using report::SurvivalCurve;

// Sums of one currency.
struct MoneySum {
  int64_t count = 0;
  absl::int128 minor = 0;
  absl::int128 weighted = 0;  // amount × percent: in hundredths of minor units, exact
};

// Sums by currency, which never mix.
class MoneySums {
 public:
  // With a probability in percent. `rate`: by which the amount is converted, nullptr if by none.
  void Add(const std::optional<base::Money>& amount, int probability,
           const CurrencyRate* rate = nullptr);

  const std::map<std::string, MoneySum>& sums() const { return sums_; }
  int64_t without_amount() const { return without_amount_; }
  // By their rates, which must have outlived this; all the rest has none.
  const std::map<const CurrencyRate*, MoneySum>& by_rate() const { return by_rate_; }
  int64_t without_rate() const { return without_rate_; }

 private:
  std::map<std::string, MoneySum> sums_;
  std::map<const CurrencyRate*, MoneySum> by_rate_;
  int64_t without_amount_ = 0;
  int64_t without_rate_ = 0;
};

// Hundredths to the nearest whole, half to even: for display only, since rounded parts do not add
// up.
absl::int128 RoundHundredths(absl::int128 hundredths);

}  // namespace crm::opportunity
