#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <string>

namespace crm::crmctl {

struct DecodedText {
  std::string text;   // UTF-8, without byte order marks
  std::string guess;  // what the bytes look like where they are not UTF-8 and no encoding was given
};

// What a file holds as UTF-8: by its byte order mark (UTF-8, UTF-16), whatever `encoding` says;
// else by `encoding` ("windows-1252", "shift_jis"; any name that ICU knows); else as it is. Errors:
// INVALID_ARGUMENT for an encoding that is not known.
absl::StatusOr<DecodedText> DecodeText(std::string bytes, absl::string_view encoding);

bool IsEncoding(absl::string_view name);

}  // namespace crm::crmctl
