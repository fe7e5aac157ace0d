#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <cstddef>
#include <optional>

namespace crm::rpc {

struct OrderTerm {
  size_t field = 0;  // its place among the fields
  bool descending = false;

  friend bool operator==(const OrderTerm&, const OrderTerm&) = default;
};

// Parses "create_time desc": one of `fields`, alone or with asc or desc. Nothing of an empty text:
// the list's own order. Errors: INVALID_ARGUMENT FILTER_INVALID with a violation of "order_by";
// metadata "field" and "knownFields" when the field is unknown.
absl::StatusOr<std::optional<OrderTerm>> ParseOrderBy(absl::string_view order_by,
                                                      absl::Span<const absl::string_view> fields);

}  // namespace crm::rpc
