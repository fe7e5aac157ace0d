#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>
#include <optional>
#include <string>

namespace crm::crmctl {

// How numbers are written.
struct NumberForm {
  char decimal = '.';
  std::string thousands;  // the sign between groups of digits; empty: none
  bool round = false;     // half to even, where there are more decimals than the currency has
};

// "1054.5" with currency USD and scale 1 is 105450 minor units; with scale 1000000 the number is in
// millions. Digits, at most one decimal sign, groups as they must be ("1,234,567", "12,34,567"), a
// minus before or behind, or brackets for it; exact. Nothing when the text is no number, is out of
// range, or has more decimals than the currency, zeros too unless it is to be rounded: who writes
// 1.000 EUR may mean a thousand. `currency` is an ISO 4217 code.
std::optional<int64_t> ParseMinor(absl::string_view text, absl::string_view currency, int64_t scale,
                                  const NumberForm& form = {});

// "2.5" with three digits is 2500. Otherwise like ParseMinor.
std::optional<int64_t> ParseDecimal(absl::string_view text, int digits, int64_t scale = 1,
                                    const NumberForm& form = {});

// "1054.50 USD".
std::string FormatMinor(int64_t minor, absl::string_view currency);

}  // namespace crm::crmctl
