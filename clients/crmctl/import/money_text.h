#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>
#include <optional>
#include <string>

namespace crm::crmctl {

// "1054.5" with currency USD and scale 1 is 105450 minor units; with scale 1000000 the number is in
// millions. Digits, at most one point, an optional leading minus; exact. Nothing when the text is
// no number, has more decimals than the currency, or is out of range. `currency` is an ISO 4217
// code.
std::optional<int64_t> ParseMinor(absl::string_view text, absl::string_view currency,
                                  int64_t scale);

// "2.5" with three digits is 2500. Otherwise like ParseMinor.
std::optional<int64_t> ParseDecimal(absl::string_view text, int digits, int64_t scale = 1);

// "1054.50 USD".
std::string FormatMinor(int64_t minor, absl::string_view currency);

}  // namespace crm::crmctl
