#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/webhook/network.h"

namespace crm::webhook {

inline constexpr size_t kUrlLimit = 2000;  // bytes

// What is wrong with a webhook's URL in any installation, to be put behind the field's name ("must
// be …"), or nothing.
std::optional<std::string> WrongUrl(absl::string_view url);

struct UrlPolicy {
  bool allow_http = false;
  AllowedAddresses addresses = {};
};

// What is wrong with such a URL in this installation: plain HTTP, an address in digits to which
// nothing may be sent. Names are not resolved: what they stand for is looked at when there is
// something to send.
std::optional<std::string> RefusedUrl(absl::string_view url, const UrlPolicy& policy);

}  // namespace crm::webhook
