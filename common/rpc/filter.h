#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <cstdint>
#include <string>
#include <vector>

namespace crm::rpc {

enum class FilterType { kText, kEnum, kTimestamp, kInteger, kBool };
// kHas is ':' — contains, for texts; has the element, for lists.
enum class FilterOp { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kHas };
// "=", "!=", "<", "<=", ">", ">=", ":".
absl::string_view FilterOpText(FilterOp op);

inline constexpr FilterOp kEqualityOps[] = {FilterOp::kEqual, FilterOp::kNotEqual};
inline constexpr FilterOp kRangeOps[] = {FilterOp::kEqual, FilterOp::kLess, FilterOp::kLessOrEqual,
                                         FilterOp::kGreater, FilterOp::kGreaterOrEqual};

// One field that a list can be filtered by.
struct FilterField {
  std::string name = {};
  FilterType type = FilterType::kText;
  // Allowed operators; empty: = and != for texts, enums and booleans, = and the ranges for others.
  std::vector<FilterOp> ops = {};
  // The names of a kEnum's values.
  std::vector<std::string> values = {};
};

// One term of a filter; the value is parsed by the field's type and always present as text.
struct Condition {
  std::string field;
  FilterOp op = FilterOp::kEqual;
  std::string text;
  int64_t integer = 0;  // kInteger; kBool: 0 or 1
  absl::Time time;      // kTimestamp
};

// Parses
//   filter = [term {"AND" term}];  term = field op value;  op = "=" "!=" "<" "<=" ">" ">=" ":"
//   value  = bare word of [A-Za-z0-9._@:/+*%-], or "text with \" and \\ escaped"
// Timestamps are RFC 3339. At most 20 terms and 2,000 bytes. An empty filter gives no condition.
// Errors: INVALID_ARGUMENT FILTER_INVALID with a violation of "filter" that says what is allowed;
// metadata "field" and "knownFields" when a field is unknown.
absl::StatusOr<std::vector<Condition>> ParseFilter(absl::string_view filter,
                                                   absl::Span<const FilterField> fields);

}  // namespace crm::rpc
