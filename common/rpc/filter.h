#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <vector>

#include "common/listing/field.h"
#include "common/listing/query.h"

namespace crm::rpc {

// Parses
//   filter = [term {"AND" term}];  term = field op value;  op = "=" "!=" "<" "<=" ">" ">=" ":"
//   value  = bare word of [A-Za-z0-9._@:/+*%-], or "text with \" and \\ escaped"
// of which each field knows some operators. At most 20 terms and 2,000 bytes. An empty filter gives
// no condition. The conditions point into `fields`.
// Errors: INVALID_ARGUMENT FILTER_INVALID with a violation of "filter" that says what is allowed;
// metadata "field", and "knownFields" when it is unknown.
absl::StatusOr<std::vector<listing::Condition>> ParseFilter(
    absl::string_view filter, absl::Span<const listing::Field> fields);

}  // namespace crm::rpc
