#include "common/rpc/order_by.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <vector>

#include "common/base/text.h"
#include "common/error/error.h"

namespace crm::rpc {
namespace {

error::Error Invalid(absl::string_view text) {
  return error::Error(absl::StatusCode::kInvalidArgument, error::kFilterInvalid,
                      "The order_by is not valid.")
      .Violation("order_by", text);
}

}  // namespace

absl::StatusOr<std::optional<OrderTerm>> ParseOrderBy(absl::string_view order_by,
                                                      absl::Span<const absl::string_view> fields) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(order_by, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
  if (words.empty()) return std::optional<OrderTerm>();
  const absl::string_view name = base::Shortened(words[0], 64);
  if (absl::StrContains(order_by, ',')) {
    return Invalid("takes one field; what is equal in it is ordered by id");
  }
  const auto field = std::find(fields.begin(), fields.end(), name);
  if (field == fields.end()) {
    return Invalid(absl::StrCat("does not know the field \"", name, "\"; known are ",
                                absl::StrJoin(fields, ", ")))
        .With("field", name)
        .With("knownFields", absl::StrJoin(fields, ","));
  }
  const bool directed = words.size() == 2 && (words[1] == "asc" || words[1] == "desc");
  if (words.size() > 1 && !directed) {
    return Invalid("must be: field, or field asc, or field desc");
  }
  return OrderTerm{static_cast<size_t>(field - fields.begin()), directed && words[1] == "desc"};
}

}  // namespace crm::rpc
