#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>
#include <unicode/ucurr.h>
#include <unicode/uenum.h>

#include <string>

#include "common/base/money.h"

namespace crm::base {
namespace {

using Digits = absl::flat_hash_map<std::string, int>;

struct Correction {
  absl::string_view code;
  int digits;
};

// Where ICU differs from ISO 4217.
constexpr Correction kCorrections[] = {
    // ICU tells how many digits people write; the smallest unit is smaller.
    {"AFN", 2},
    {"ALL", 2},
    {"IQD", 3},
    {"IRR", 2},
    {"KPW", 2},
    {"LAK", 2},
    {"LBP", 2},
    {"MGA", 2},
    {"MMK", 2},
    {"RSD", 2},
    {"SOS", 2},
    {"SYP", 2},
    {"YER", 2},
    // Younger than ICU 72.
    {"XCG", 2},
    {"ZWG", 2},
    // No money that is paid, hence not common, but what long contracts in Chile are priced in.
    {"CLF", 4},
};

Digits ReadIcu() {
  Digits digits;
  UErrorCode error = U_ZERO_ERROR;
  UEnumeration* const codes = ucurr_openISOCurrencies(UCURR_COMMON | UCURR_NON_DEPRECATED, &error);
  while (const UChar* code = uenum_unext(codes, nullptr, &error)) {
    const std::string name(code, code + 3);
    digits[name] = ucurr_getDefaultFractionDigits(code, &error);
  }
  uenum_close(codes);
  for (const Correction& correction : kCorrections) {
    digits[std::string(correction.code)] = correction.digits;
  }
  return digits;
}

}  // namespace

std::optional<int> MinorDigits(absl::string_view code) {
  static const auto* const kDigits = new Digits(ReadIcu());
  const auto found = kDigits->find(code);
  if (found == kDigits->end()) return std::nullopt;
  return found->second;
}

bool IsCurrency(absl::string_view code) { return MinorDigits(code).has_value(); }

}  // namespace crm::base
