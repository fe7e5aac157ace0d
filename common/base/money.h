#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>
#include <optional>
#include <string>

namespace crm::base {

// An amount in the smallest unit of its currency (cents, yen). `currency` is an ISO 4217 code.
// The default value (no currency, zero) stands for "no amount".
struct Money {
  std::string currency;
  int64_t minor = 0;

  friend bool operator==(const Money&, const Money&) = default;
};

// Whether `code` is a currency of ISO 4217 that people pay with, in upper case. Metals, test codes
// and units of account are none, but for the Chilean CLF.
bool IsCurrency(absl::string_view code);

// How many decimal digits the currency's smallest unit has (EUR 2, JPY 0, KWD 3); nothing when the
// code is not a currency.
std::optional<int> MinorDigits(absl::string_view code);

}  // namespace crm::base
