#include "common/rpc/order_by.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <algorithm>

#include "common/error/error.h"

namespace crm::rpc {
namespace {

error::Error Invalid(absl::string_view text) {
  return error::Error(absl::StatusCode::kInvalidArgument, error::kFilterInvalid,
                      "The order_by is not valid.")
      .Violation("order_by", text);
}

}  // namespace

absl::StatusOr<std::vector<OrderTerm>> ParseOrderBy(absl::string_view order_by,
                                                    absl::Span<const std::string> fields) {
  std::vector<OrderTerm> terms;
  if (absl::StripAsciiWhitespace(order_by).empty()) return terms;
  for (absl::string_view part : absl::StrSplit(order_by, ',')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(part, absl::ByAnyChar(" \t\n"), absl::SkipEmpty());
    if (words.empty() || words.size() > 2 ||
        (words.size() == 2 && words[1] != "asc" && words[1] != "desc")) {
      return Invalid("each term must be: field, or field asc, or field desc");
    }
    const absl::string_view name = words[0].substr(0, 64);
    if (std::find(fields.begin(), fields.end(), name) == fields.end()) {
      return Invalid(absl::StrCat("does not know the field \"", name, "\"; known are ",
                                  absl::StrJoin(fields, ", ")))
          .With("field", name)
          .With("knownFields", absl::StrJoin(fields, ","));
    }
    OrderTerm term{std::string(name), words.size() == 2 && words[1] == "desc"};
    for (const OrderTerm& earlier : terms) {
      if (earlier.field == term.field) {
        return Invalid(absl::StrCat("names \"", name, "\" twice")).With("field", name);
      }
    }
    terms.push_back(std::move(term));
  }
  return terms;
}

}  // namespace crm::rpc
