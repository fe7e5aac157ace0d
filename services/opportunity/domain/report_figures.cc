#include "services/opportunity/domain/report_figures.h"

namespace crm::opportunity {

void MoneySums::Add(const std::optional<base::Money>& amount, int probability,
                    const CurrencyRate* rate) {
  if (!amount) {
    ++without_amount_;
    return;
  }
  const auto add = [&](MoneySum& sum) {
    ++sum.count;
    sum.minor += amount->minor;
    sum.weighted += absl::int128(amount->minor) * probability;
  };
  add(sums_[amount->currency]);
  if (rate == nullptr) {
    ++without_rate_;
  } else {
    add(by_rate_[rate]);
  }
}

absl::int128 RoundHundredths(absl::int128 hundredths) {
  absl::int128 whole = hundredths / 100;
  absl::int128 rest = hundredths % 100;
  if (rest < 0) {  // to a rest of 0 to 99
    rest += 100;
    whole -= 1;
  }
  if (rest > 50 || (rest == 50 && whole % 2 != 0)) whole += 1;
  return whole;
}

}  // namespace crm::opportunity
