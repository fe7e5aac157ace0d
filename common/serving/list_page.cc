#include "common/serving/list_page.h"

#include <variant>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/filter.h"
#include "common/rpc/order_by.h"
#include "common/rpc/page_token.h"

namespace crm::serving {
namespace {

using listing::OrderKey;
using listing::OrderType;

rpc::PageArguments Bound(const rpc::CallContext& context, const ListArguments& arguments,
                         const std::string& selection) {
  return {context.method, context.tenant, selection, arguments.order_by};
}

std::string SelectionOf(const ListArguments& arguments) {
  return absl::StrCat(arguments.filter, "\n", arguments.show_deleted, arguments.parent);
}

std::string TextOf(absl::Time time) { return absl::StrCat(absl::ToUnixMicros(time)); }
std::string TextOf(int64_t number) { return absl::StrCat(number); }
std::string TextOf(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::optional<absl::Time> TimeIn(absl::string_view text) {
  int64_t micros = 0;
  if (!absl::SimpleAtoi(text, &micros)) return std::nullopt;
  const absl::Time time = absl::FromUnixMicros(micros);
  return listing::IsStorable(time) ? std::optional(time) : std::nullopt;
}

std::optional<OrderKey> KeyIn(OrderType type, absl::string_view text) {
  int64_t number = 0;
  absl::CivilDay day;
  switch (type) {
    case OrderType::kTime:
      return TimeIn(text);
    case OrderType::kNumber:
      return absl::SimpleAtoi(text, &number) ? std::optional<OrderKey>(number) : std::nullopt;
    case OrderType::kDay:
      if (!absl::ParseCivilTime(text, &day) || absl::FormatCivilTime(day) != text) break;
      return day;
  }
  return std::nullopt;
}

// Puts the position of a token into the query: key and id of the last row, and when the first page
// was asked for, if that bounds the others.
absl::Status Continue(const std::vector<std::string>& position, listing::Query& query) {
  if (position.empty()) return absl::OkStatus();
  const bool bounded = query.order->follows_clock && !query.descending;
  const std::optional<OrderKey> key = KeyIn(query.order->type, position[0]);
  const std::optional<base::Uuid> id =
      position.size() == (bounded ? 3 : 2) ? base::Uuid::Parse(position[1]) : std::nullopt;
  if (bounded && id) query.until = TimeIn(position[2]);
  if (!key || !id || (bounded && !query.until)) {
    return error::Error(absl::StatusCode::kInvalidArgument, error::kPageTokenInvalid,
                        "The page token is not valid.")
        .Violation("page_token", "must be a next_page_token of the same method");
  }
  query.after = listing::Cursor{*key, *id};
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<listing::Query> QueryOf(const rpc::CallContext& context,
                                       const ListArguments& arguments,
                                       absl::Span<const listing::Field> fields,
                                       absl::Span<const listing::Order* const> orders) {
  listing::Query query;
  query.tenant = context.tenant;
  query.show_deleted = arguments.show_deleted;
  query.limit = rpc::EffectivePageSize(arguments.page_size) + 1;
  CRM_ASSIGN_OR_RETURN(query.conditions, rpc::ParseFilter(arguments.filter, fields));
  std::vector<absl::string_view> sortable;
  for (const listing::Order* order : orders) sortable.push_back(order->name);
  CRM_ASSIGN_OR_RETURN(const auto order, rpc::ParseOrderBy(arguments.order_by, sortable));
  query.order = orders[order ? order->field : 0];
  query.descending = order && order->descending;
  if (query.order->follows_clock && !query.descending) query.until = context.arrival;
  const std::string selection = SelectionOf(arguments);
  CRM_ASSIGN_OR_RETURN(
      const auto position,
      rpc::DecodePageToken(Bound(context, arguments, selection), arguments.page_token));
  CRM_RETURN_IF_ERROR(Continue(position, query));
  return query;
}

std::string NextToken(const rpc::CallContext& context, const ListArguments& arguments,
                      const listing::Query& query, const listing::Cursor& last) {
  const std::string selection = SelectionOf(arguments);
  std::vector<std::string> position = {
      std::visit([](const auto& key) { return TextOf(key); }, last.key), last.id.ToString()};
  if (query.until) position.push_back(TextOf(*query.until));
  return rpc::EncodePageToken(Bound(context, arguments, selection), position);
}

}  // namespace crm::serving
