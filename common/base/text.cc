#include "common/base/text.h"

#include <absl/strings/ascii.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace crm::base {

bool IsValidUtf8(absl::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    UChar32 point;
    U8_NEXT(text.data(), at, text.size(), point);
    if (point < 0) return false;
  }
  return true;
}

size_t CodePoints(absl::string_view text) {
  size_t points = 0;
  for (size_t at = 0; at < text.size(); ++points) {
    U8_FWD_1(text.data(), at, text.size());
  }
  return points;
}

absl::string_view Shortened(absl::string_view text, size_t most) {
  if (text.size() <= most) return text;
  // Not before a byte that continues a code point.
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

bool IsKey(absl::string_view text) {
  return !text.empty() && text.size() <= 63 && absl::ascii_islower(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

}  // namespace crm::base
