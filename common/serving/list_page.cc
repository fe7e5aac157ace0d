#include "common/serving/list_page.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/order_by.h"

namespace crm::serving {
namespace {

rpc::PageArguments Bound(const rpc::CallContext& context, const ListArguments& arguments,
                         const std::string& selection) {
  return {context.method, context.tenant, selection, arguments.order_by};
}

std::string SelectionOf(const ListArguments& arguments) {
  return absl::StrCat(arguments.filter, "\n", arguments.show_deleted);
}

aggregate::Comparison ComparisonOf(rpc::FilterOp op) {
  switch (op) {
    case rpc::FilterOp::kNotEqual:
      return aggregate::Comparison::kNotEqual;
    case rpc::FilterOp::kLess:
      return aggregate::Comparison::kLess;
    case rpc::FilterOp::kLessOrEqual:
      return aggregate::Comparison::kLessOrEqual;
    case rpc::FilterOp::kGreater:
      return aggregate::Comparison::kGreater;
    case rpc::FilterOp::kGreaterOrEqual:
      return aggregate::Comparison::kGreaterOrEqual;
    case rpc::FilterOp::kEqual:
    case rpc::FilterOp::kHas:
      return aggregate::Comparison::kEqual;
  }
  return aggregate::Comparison::kEqual;
}

// The years 1 to 9999. Anybody can write a token, and the database knows no other years.
bool IsStorable(int64_t micros) {
  constexpr int64_t kSecond = 1'000'000;
  return micros >= -62'135'596'800 * kSecond && micros < 253'402'300'800 * kSecond;
}

absl::StatusOr<std::optional<aggregate::Cursor>> CursorOf(const std::vector<std::string>& keys) {
  if (keys.empty()) return std::optional<aggregate::Cursor>();
  int64_t micros = 0;
  const std::optional<base::Uuid> id = keys.size() == 2 ? base::Uuid::Parse(keys[1]) : std::nullopt;
  if (!id.has_value() || !absl::SimpleAtoi(keys[0], &micros) || !IsStorable(micros)) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                        "The page token is not valid.")
        .Violation("page_token", "must be a next_page_token of the same method");
  }
  return std::optional(aggregate::Cursor{absl::FromUnixMicros(micros), *id});
}

}  // namespace

absl::StatusOr<aggregate::ListQuery> QueryOf(const rpc::CallContext& context,
                                             const ListArguments& arguments,
                                             absl::Span<const rpc::FilterField> fields,
                                             const rpc::PageTokens& tokens) {
  aggregate::ListQuery query;
  query.tenant = context.tenant;
  query.show_deleted = arguments.show_deleted;
  query.limit = rpc::EffectivePageSize(arguments.page_size) + 1;
  CRM_ASSIGN_OR_RETURN(const auto conditions, rpc::ParseFilter(arguments.filter, fields));
  for (const rpc::Condition& condition : conditions) {
    query.conditions.push_back({condition.field, ComparisonOf(condition.op), condition.text});
  }
  const std::string sortable[] = {"create_time"};
  CRM_ASSIGN_OR_RETURN(const auto order, rpc::ParseOrderBy(arguments.order_by, sortable));
  query.descending = !order.empty() && order[0].descending;
  const std::string selection = SelectionOf(arguments);
  CRM_ASSIGN_OR_RETURN(const auto keys,
                       tokens.Decode(Bound(context, arguments, selection), arguments.page_token));
  CRM_ASSIGN_OR_RETURN(query.after, CursorOf(keys));
  return query;
}

std::string NextToken(const rpc::CallContext& context, const ListArguments& arguments,
                      const rpc::PageTokens& tokens, absl::Time create_time, const base::Uuid& id) {
  const std::string selection = SelectionOf(arguments);
  const std::string keys[] = {absl::StrCat(absl::ToUnixMicros(create_time)), id.ToString()};
  return tokens.Encode(Bound(context, arguments, selection), keys);
}

}  // namespace crm::serving
