#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace crm::pg {

// `url` (a libpq URL or keyword string) with limits for what libpq itself waits for: connecting
// takes at most three seconds a host, and a TCP connection without answer is given up within
// seconds. What the URL says about them holds.
std::string WithPatience(absl::string_view url);

// What libpq would not take in `url`, to be put behind a flag's name ("must …"), or nothing. Does
// not connect. The text is not repeated, since it may hold a password.
std::optional<std::string> WrongUrl(absl::string_view url);

}  // namespace crm::pg
