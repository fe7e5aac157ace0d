#pragma once

#include <absl/strings/ascii.h>
#include <absl/strings/string_view.h>

#include <algorithm>
#include <cstddef>

namespace crm::base {

// Limits of the names that callers go by.
inline constexpr size_t kMaxTenantSize = 64;
inline constexpr size_t kMaxActorSize = 128;

// Whether `text` is 1..max_size characters of [A-Za-z0-9._@:-].
inline bool IsIdentity(absl::string_view text, size_t max_size) {
  if (text.empty() || text.size() > max_size) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '@' || c == ':' || c == '-';
  });
}

}  // namespace crm::base
