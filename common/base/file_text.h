#pragma once

#include <absl/status/statusor.h>

#include <fstream>
#include <string>

namespace crm::base {

// A file to be read from its beginning. NOT_FOUND "PATH cannot be read", also for a folder, which
// can be opened but not read.
absl::StatusOr<std::ifstream> OpenFile(const std::string& path);

// All that a file holds. Errors: OpenFile's.
absl::StatusOr<std::string> FileText(const std::string& path);

}  // namespace crm::base
