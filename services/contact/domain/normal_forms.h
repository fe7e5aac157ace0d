#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace crm::contact {

// The address as compared: without surrounding white space, ASCII letters in lower case. Letters
// beyond ASCII stay as they are.
std::string NormalizeEmail(absl::string_view address);

// Whether a normalized address has the form local@domain: one '@' that counts (the last), neither
// side empty, no white space or control characters, at most 64 bytes before the '@'.
bool IsEmail(absl::string_view normalized);

// An internet domain as compared: trimmed, lower case, without "www." and a final dot.
std::string NormalizeDomain(absl::string_view domain);

// Whether a normalized domain has the form of one: labels of 1–63 letters, digits, hyphens or bytes
// beyond ASCII, parted by dots, none beginning or ending with a hyphen.
bool IsDomain(absl::string_view normalized);

}  // namespace crm::contact
