#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <algorithm>
#include <string>
#include <vector>

namespace crm::rpc {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 1000;

// The size of the page to fetch for a page_size that is not negative: 0 means the default, too many
// are cut.
inline int EffectivePageSize(int page_size) {
  return page_size == 0 ? kDefaultPageSize : std::min(page_size, kMaxPageSize);
}

// What a token is bound to. page_size may change between pages.
struct PageArguments {
  absl::string_view method = {};
  absl::string_view tenant = {};
  // Everything else that selects rows: the filter, also parent or show_deleted, joined.
  absl::string_view filter = {};
  absl::string_view order_by = {};
};

// Tokens for keyset paging: the sort keys of the last row and a checksum over them and the
// arguments. They guard against mistakes, not against forgery, which would gain nothing: a position
// only says where in the caller's own listing a page begins. Every replica understands every token.

// `position` is the sort key of the last row of the page, column by column. Base64url text.
std::string EncodePageToken(const PageArguments& arguments, absl::Span<const std::string> position);

// The position, empty for the empty token (first page). Errors: INVALID_ARGUMENT
// PAGE_TOKEN_INVALID, with the metadata "changed" when the filter or order_by differs.
absl::StatusOr<std::vector<std::string>> DecodePageToken(const PageArguments& arguments,
                                                         absl::string_view token);

}  // namespace crm::rpc
