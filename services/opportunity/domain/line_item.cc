#include "services/opportunity/domain/line_item.h"

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "common/error/error.h"

namespace crm::opportunity {
namespace {

// A thousandth of a piece times a thousandth of its price.
constexpr uint64_t kMillion = 1'000'000;

}  // namespace

std::optional<base::Money> AmountOf(const LineItem& item) {
  // At most 10^12 · 10^15 · 10^3, far below 2^128.
  const absl::uint128 exact = absl::uint128(static_cast<uint64_t>(item.quantity)) *
                              static_cast<uint64_t>(item.unit_price.minor) *
                              static_cast<uint64_t>(kWholePrice - item.discount);
  absl::uint128 minor = exact / kMillion;
  const absl::uint128 twice_rest = exact % kMillion * 2;
  if (twice_rest > kMillion || (twice_rest == kMillion && minor % 2 == 1)) ++minor;
  if (minor > static_cast<uint64_t>(kMostAmount)) return std::nullopt;
  return base::Money{item.unit_price.currency, static_cast<int64_t>(minor)};
}

absl::StatusOr<base::Money> TotalOf(absl::Span<const LineItem> items) {
  base::Money total{items.front().unit_price.currency, 0};
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string path = absl::StrCat("line_items[", i, "]");
    if (items[i].unit_price.currency != total.currency) {
      return error::FieldInvalid(
          absl::StrCat(path, ".unit_price.currency_code"),
          absl::StrCat("must be ", total.currency, ", the currency of the first line"));
    }
    const std::optional<base::Money> amount = AmountOf(items[i]);
    if (!amount || amount->minor > kMostAmount - total.minor) {
      return error::FieldInvalid(
          path, absl::StrCat("must leave the sum of the lines at ", kMostAmount, " or below"));
    }
    total.minor += amount->minor;
  }
  return total;
}

}  // namespace crm::opportunity
