#pragma once

#include <absl/status/statusor.h>

#include <string>

namespace crm::base {

// All that a file holds. NOT_FOUND "PATH cannot be read", also for a folder.
absl::StatusOr<std::string> FileText(const std::string& path);

}  // namespace crm::base
