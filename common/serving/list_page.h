#pragma once

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/base/uuid.h"
#include "common/listing/field.h"
#include "common/listing/query.h"
#include "common/rpc/call_context.h"

// Between the public arguments of a List method and the query that a store runs.
namespace crm::serving {

// The arguments as the request carries them.
struct ListArguments {
  absl::string_view filter = {};
  absl::string_view order_by = {};  // "", "create_time" or "create_time desc"
  absl::string_view page_token = {};
  int page_size = 0;
  bool show_deleted = false;
};

// The query for one page by a filter over `fields`. It asks for one row more than the page holds,
// so that one can tell whether more follow. Errors: FILTER_INVALID, PAGE_TOKEN_INVALID.
absl::StatusOr<listing::Query> QueryOf(const rpc::CallContext& context,
                                       const ListArguments& arguments,
                                       absl::Span<const listing::Field> fields);

// How many rows the page holds.
inline int PageSizeOf(const listing::Query& query) { return query.limit - 1; }

// The token that continues after the row with these keys.
std::string NextToken(const rpc::CallContext& context, const ListArguments& arguments,
                      absl::Time create_time, const base::Uuid& id);

// Answers a List request: `read` runs the query and gives the things in order, `add` puts one into
// the response.
template <class Req, class Resp, class Read, class Add>
absl::Status AnswerList(const rpc::CallContext& context, const Req& request, Resp& response,
                        absl::Span<const listing::Field> fields, const Read& read, const Add& add) {
  ListArguments arguments{request.filter(), request.order_by(), request.page_token(),
                          request.page_size()};
  if constexpr (requires { request.show_deleted(); }) {
    arguments.show_deleted = request.show_deleted();
  }
  CRM_ASSIGN_OR_RETURN(const listing::Query query, QueryOf(context, arguments, fields));
  CRM_ASSIGN_OR_RETURN(const auto found, read(query));
  const size_t size = std::min<size_t>(found.size(), PageSizeOf(query));
  for (size_t i = 0; i < size; ++i) add(found[i]);
  if (found.size() > size) {
    const auto& last = found[size - 1];
    response.set_next_page_token(NextToken(context, arguments, last.create_time, last.id));
  }
  return absl::OkStatus();
}

}  // namespace crm::serving
