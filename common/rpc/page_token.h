#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <string>
#include <vector>

namespace crm::rpc {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 1000;

// The size of the page to fetch for a validated page_size: 0 means the default.
inline int EffectivePageSize(int page_size) {
  return page_size == 0 ? kDefaultPageSize : page_size;
}

// What a token is bound to. page_size may change between pages.
struct PageArguments {
  absl::string_view method = {};
  absl::string_view tenant = {};
  // Everything else that selects rows: the filter, also parent or show_deleted, joined.
  absl::string_view filter = {};
  absl::string_view order_by = {};
};

// Tokens for keyset paging: the sort keys of the last row, sealed together with the arguments. With
// a secret key tokens cannot be forged; without one they are only checked for damage. Every replica
// needs the same key. Thread-safe.
class PageTokens {
 public:
  explicit PageTokens(absl::string_view key = "");

  // `position` is the sort key of the last row of the page, column by column. Base64url text.
  std::string Encode(const PageArguments& arguments, absl::Span<const std::string> position) const;

  // The position, empty for the empty token (first page). Errors: INVALID_ARGUMENT
  // PAGE_TOKEN_INVALID, with the metadata "changed" when the filter or order_by differs.
  absl::StatusOr<std::vector<std::string>> Decode(const PageArguments& arguments,
                                                  absl::string_view token) const;

 private:
  std::string Digest(absl::string_view use, absl::Span<const absl::string_view> parts,
                     size_t size) const;

  std::string key_;
};

}  // namespace crm::rpc
