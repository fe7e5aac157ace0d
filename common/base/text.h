#pragma once

#include <absl/strings/string_view.h>

#include <cstddef>

namespace crm::base {

// Whether `text` is well-formed UTF-8: shortest forms only, no surrogates, nothing above U+10FFFF.
// A NUL byte is well-formed; PostgreSQL cannot hold it, so see HasNul.
bool IsValidUtf8(absl::string_view text);

// The number of code points of well-formed UTF-8.
size_t CodePoints(absl::string_view text);

// The longest beginning of well-formed UTF-8 that has at most `most` bytes and ends between two
// code points. For what is shown of a text that may be long: half a character would make the whole
// message unreadable.
absl::string_view Shortened(absl::string_view text, size_t most);

inline bool HasNul(absl::string_view text) { return text.find('\0') != absl::string_view::npos; }

// Whether `text` is a key that callers choose, as of a stage or an attribute: 1 to 63 characters
// [a-z0-9_], the first one a letter.
bool IsKey(absl::string_view text);

}  // namespace crm::base
