#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/base/uuid.h"
#include "common/listing/field.h"
#include "common/listing/order.h"
#include "common/listing/query.h"
#include "common/rpc/call_context.h"
#include "common/serving/page_bytes.h"

// Between the public arguments of a List method and the query that a store runs.
namespace crm::serving {

// The arguments as the request carries them.
struct ListArguments {
  absl::string_view filter = {};
  absl::string_view order_by = {};
  absl::string_view page_token = {};
  int page_size = 0;
  bool show_deleted = false;
  absl::string_view parent = {};  // whose things these are
};

// The query for one page by a filter over `fields`, in the order that is named, or else the first
// of `orders`, which outlive it. It asks for one row more than the page holds, so that one can tell
// whether more follow. Errors: FILTER_INVALID, PAGE_TOKEN_INVALID.
absl::StatusOr<listing::Query> QueryOf(const rpc::CallContext& context,
                                       const ListArguments& arguments,
                                       absl::Span<const listing::Field> fields,
                                       absl::Span<const listing::Order* const> orders);

// How many rows the page holds.
inline int PageSizeOf(const listing::Query& query) { return query.limit - 1; }

// The token that continues `query` after the row with these keys.
std::string NextToken(const rpc::CallContext& context, const ListArguments& arguments,
                      const listing::Query& query, const listing::Cursor& last);

// Answers a List request: `read` runs the query and gives the things in order, `add` puts one into
// the response and returns its message. `orders` are those that the list knows, the first one its
// own.
template <class A, class Req, class Resp, class Read, class Add>
absl::Status AnswerList(const rpc::CallContext& context, const Req& request, Resp& response,
                        absl::Span<const listing::Field> fields,
                        absl::Span<const listing::OrderOf<A>> orders, const Read& read,
                        const Add& add) {
  ListArguments arguments{request.filter(), request.order_by(), request.page_token(),
                          request.page_size()};
  if constexpr (requires { request.show_deleted(); }) {
    arguments.show_deleted = request.show_deleted();
  }
  if constexpr (requires { request.webhook(); }) arguments.parent = request.webhook();
  std::vector<const listing::Order*> known;
  for (const listing::OrderOf<A>& each : orders) known.push_back(&each.order);
  CRM_ASSIGN_OR_RETURN(const listing::Query query, QueryOf(context, arguments, fields, known));
  CRM_ASSIGN_OR_RETURN(const std::vector<A> found, read(query));
  const size_t count = FillPage(found, static_cast<size_t>(PageSizeOf(query)), add);
  if (found.size() > count) {
    const auto order = std::find_if(orders.begin(), orders.end(),
                                    [&](const auto& each) { return &each.order == query.order; });
    const A& last = found[count - 1];
    response.set_next_page_token(NextToken(context, arguments, query, {order->key(last), last.id}));
  }
  return absl::OkStatus();
}

}  // namespace crm::serving
