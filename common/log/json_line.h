#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <string>

#include "common/log/log.h"

namespace crm::log {

// Appends `text` as a quoted JSON string. Bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(absl::string_view text, std::string* out);

// One JSON object and a newline. Numbers that JSON cannot hold (NaN, infinity) become null.
std::string JsonLine(absl::Time time, Level level, absl::string_view service,
                     absl::string_view message, absl::Span<const Field> fields);

}  // namespace crm::log
