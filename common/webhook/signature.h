#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace crm::webhook {

inline constexpr char kSecretPrefix[] = "whsec_";

// "whsec_" and 43 characters of base64url: 256 bits of the operating system's.
std::string NewSecret();

// Whether callers may give it: the prefix and 32 to 128 characters of letters, digits and + / = -
// _.
bool IsSecret(absl::string_view text);

// The value of the header Crm-Signature: "t=<seconds since 1970>,v1=<hex>[,v1=<hex>]", one HMAC-
// SHA256 for each secret, over the time as it stands there, a full stop and the body; the key is
// the whole text of the secret.
std::string Signature(absl::Span<const std::string> secrets, absl::Time time,
                      absl::string_view body);

}  // namespace crm::webhook
