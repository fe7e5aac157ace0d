#pragma once

#include <absl/status/status.h>

#include <string>

namespace crm::client {

// An error in one line for a person: code, reason, message, every violation.
//   INVALID_ARGUMENT FIELD_INVALID: Some fields are invalid. [lead.contact: is required]
std::string OneLine(const absl::Status& status);

// The same over several lines, one per violation and one for the metadata, without a final newline.
std::string ManyLines(const absl::Status& status);

}  // namespace crm::client
