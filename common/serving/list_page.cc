#include "common/serving/list_page.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/filter.h"
#include "common/rpc/order_by.h"
#include "common/rpc/page_token.h"

namespace crm::serving {
namespace {

rpc::PageArguments Bound(const rpc::CallContext& context, const ListArguments& arguments,
                         const std::string& selection) {
  return {context.method, context.tenant, selection, arguments.order_by};
}

std::string SelectionOf(const ListArguments& arguments) {
  return absl::StrCat(arguments.filter, "\n", arguments.show_deleted);
}

absl::StatusOr<std::optional<listing::Cursor>> CursorOf(const std::vector<std::string>& keys) {
  if (keys.empty()) return std::optional<listing::Cursor>();
  int64_t micros = 0;
  const std::optional<base::Uuid> id = keys.size() == 2 ? base::Uuid::Parse(keys[1]) : std::nullopt;
  if (!id.has_value() || !absl::SimpleAtoi(keys[0], &micros) ||
      !listing::IsStorable(absl::FromUnixMicros(micros))) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                        "The page token is not valid.")
        .Violation("page_token", "must be a next_page_token of the same method");
  }
  return std::optional(listing::Cursor{absl::FromUnixMicros(micros), *id});
}

}  // namespace

absl::StatusOr<listing::Query> QueryOf(const rpc::CallContext& context,
                                       const ListArguments& arguments,
                                       absl::Span<const listing::Field> fields) {
  listing::Query query;
  query.tenant = context.tenant;
  query.show_deleted = arguments.show_deleted;
  query.limit = rpc::EffectivePageSize(arguments.page_size) + 1;
  CRM_ASSIGN_OR_RETURN(query.conditions, rpc::ParseFilter(arguments.filter, fields));
  const std::string sortable[] = {"create_time"};
  CRM_ASSIGN_OR_RETURN(const auto order, rpc::ParseOrderBy(arguments.order_by, sortable));
  query.descending = !order.empty() && order[0].descending;
  const std::string selection = SelectionOf(arguments);
  CRM_ASSIGN_OR_RETURN(const auto keys, rpc::DecodePageToken(Bound(context, arguments, selection),
                                                             arguments.page_token));
  CRM_ASSIGN_OR_RETURN(query.after, CursorOf(keys));
  return query;
}

std::string NextToken(const rpc::CallContext& context, const ListArguments& arguments,
                      absl::Time create_time, const base::Uuid& id) {
  const std::string selection = SelectionOf(arguments);
  const std::string keys[] = {absl::StrCat(absl::ToUnixMicros(create_time)), id.ToString()};
  return rpc::EncodePageToken(Bound(context, arguments, selection), keys);
}

}  // namespace crm::serving
