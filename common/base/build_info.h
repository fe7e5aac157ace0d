#pragma once

#include <absl/strings/string_view.h>

namespace crm::base {

// What this program was built from: the project's version ("0.1.0"), and the commit (12 hexadecimal
// digits, "unknown" outside a repository) as it was when the build was configured.
absl::string_view BuildVersion();
absl::string_view BuildCommit();

}  // namespace crm::base
