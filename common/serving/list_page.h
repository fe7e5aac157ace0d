#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/list_query.h"
#include "common/base/uuid.h"
#include "common/rpc/call_context.h"
#include "common/rpc/filter.h"
#include "common/rpc/page_token.h"

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

// The query for one page. It asks for one row more than the page holds, so that HasNext can tell.
// Errors: FILTER_INVALID, PAGE_TOKEN_INVALID.
absl::StatusOr<aggregate::ListQuery> QueryOf(const rpc::CallContext& context,
                                             const ListArguments& arguments,
                                             absl::Span<const rpc::FilterField> fields,
                                             const rpc::PageTokens& tokens);

// How many rows the page holds, and whether more follow.
inline int PageSizeOf(const aggregate::ListQuery& query) { return query.limit - 1; }

// The token that continues after the row with these keys.
std::string NextToken(const rpc::CallContext& context, const ListArguments& arguments,
                      const rpc::PageTokens& tokens, absl::Time create_time, const base::Uuid& id);

}  // namespace crm::serving
