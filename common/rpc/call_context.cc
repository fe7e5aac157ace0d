#include "common/rpc/call_context.h"

#include <absl/strings/ascii.h>

#include <algorithm>

#include "common/base/identity.h"

namespace crm::rpc {
namespace {

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); });
}

bool IsZero(absl::string_view text) {
  return text.find_first_not_of('0') == absl::string_view::npos;
}

}  // namespace

static_assert(kMaxTenantSize == base::kMaxTenantSize && kMaxActorSize == base::kMaxActorSize);

bool IsIdentity(absl::string_view text, size_t max_size) {
  return base::IsIdentity(text, max_size);
}

bool IsTraceparent(absl::string_view text) {
  if (text.size() != 55 || text.substr(0, 3) != "00-" || text[35] != '-' || text[52] != '-') {
    return false;
  }
  const absl::string_view trace = text.substr(3, 32);
  const absl::string_view span = text.substr(36, 16);
  return IsLowerHex(trace) && IsLowerHex(span) && IsLowerHex(text.substr(53)) && !IsZero(trace) &&
         !IsZero(span);
}

}  // namespace crm::rpc
