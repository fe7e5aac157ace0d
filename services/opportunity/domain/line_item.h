#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/money.h"

namespace crm::opportunity {

// One line of what is sold.
struct LineItem {
  std::string product;
  int64_t quantity = 0;    // in thousandths of a piece, 1 to kMostQuantity
  base::Money unit_price;  // 0 to kMostAmount minor units
  int discount = 0;        // in thousandths of the price, 0 to 1000

  bool operator==(const LineItem&) const = default;
};

inline constexpr int64_t kMostQuantity = 1'000'000'000'000;
inline constexpr int64_t kMostAmount = 1'000'000'000'000'000;  // minor units
inline constexpr int kWholePrice = 1000;                       // per mille

// quantity × unit price less the discount, computed exactly in 128 bits and rounded once, half to
// even, to whole minor units. Nothing if it exceeds kMostAmount.
std::optional<base::Money> AmountOf(const LineItem& item);

// The sum of the lines' amounts; there is at least one line.
// INVALID_ARGUMENT FIELD_INVALID, with paths below "line_items": the lines have several currencies,
// or one line or the sum exceeds kMostAmount.
absl::StatusOr<base::Money> TotalOf(absl::Span<const LineItem> items);

}  // namespace crm::opportunity
