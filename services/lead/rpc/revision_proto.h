#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/rpc/call_context.h"
#include "common/rpc/page_token.h"

// Lists of the revisions of a tenant's document, the newest first.
namespace crm::lead {

// The revision that the page begins after; nothing on the first page. PAGE_TOKEN_INVALID.
absl::StatusOr<std::optional<int64_t>> RevisionBefore(const rpc::PageArguments& bound,
                                                      const std::string& token);

// Fills one page: `list(before, limit)` reads revisions, `add(response, revision)` puts one into
// the response and tells its number.
template <class Req, class Resp, class List, class Add>
absl::Status AnswerRevisionPage(const rpc::CallContext& context, const Req& request, Resp& response,
                                const List& list, const Add& add) {
  const rpc::PageArguments bound{context.method, context.tenant};
  CRM_ASSIGN_OR_RETURN(const auto before, RevisionBefore(bound, request.page_token()));
  const int size = rpc::EffectivePageSize(request.page_size());
  CRM_ASSIGN_OR_RETURN(const auto found, list(before, size + 1));
  const size_t shown = std::min(found.size(), static_cast<size_t>(size));
  int64_t last = 0;
  for (size_t i = 0; i < shown; ++i) last = add(response, found[i]);
  if (found.size() > shown) {
    const std::string position[] = {absl::StrCat(last)};
    response.set_next_page_token(rpc::EncodePageToken(bound, position));
  }
  return absl::OkStatus();
}

}  // namespace crm::lead
