#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <string>
#include <vector>

namespace crm::rpc {

struct OrderTerm {
  std::string field;
  bool descending = false;

  friend bool operator==(const OrderTerm&, const OrderTerm&) = default;
};

// Parses "create_time desc, name"; each field once, "asc" allowed. Empty gives no term: the list's
// own order. Errors: INVALID_ARGUMENT FILTER_INVALID with a violation of "order_by"; metadata
// "field" and "knownFields" when a field is unknown.
absl::StatusOr<std::vector<OrderTerm>> ParseOrderBy(absl::string_view order_by,
                                                    absl::Span<const std::string> fields);

}  // namespace crm::rpc
