#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <vector>

#include "common/listing/field.h"
#include "common/listing/query.h"

namespace crm::rpc {

// Parses
//   filter = [term {"AND" term}]
//   term   = field op value | field ":" "*" | field "IN" "(" value {"," value} ")"
//   op     = "=" | "!=" | "<" | "<=" | ">" | ">="
//   value  = word of [A-Za-z0-9_./@:+-], or "text", in which \" and \\ are the only escapes
// of which each field knows some operators. "!=" also holds where a field is not set, and no other
// operator does; ":" holds where it is set. Times may be dates: midnight UTC. At most 20 terms, 100
// values in a list and 2,000 bytes. An empty filter gives no condition. The conditions point into
// `fields`.
// Errors: INVALID_ARGUMENT FILTER_INVALID with a violation of "filter" that says where and how to
// write it; metadata "column", counted in characters from 1, "field", and "knownFields" when it is
// unknown.
absl::StatusOr<std::vector<listing::Condition>> ParseFilter(
    absl::string_view filter, absl::Span<const listing::Field> fields);

}  // namespace crm::rpc
