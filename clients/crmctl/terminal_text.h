#pragma once

#include <absl/strings/string_view.h>

#include <cstddef>
#include <string>

// Texts that others wrote, for a terminal: they can be read, and move neither the cursor nor the
// colours nor the order of what stands beside them.
namespace crm::crmctl {

// On one line: tabs and line ends as a space, other control characters and those that turn the
// direction of writing as "\u001b", what is not UTF-8 as U+FFFD.
std::string OnOneLine(absl::string_view text);

// The same, with its line ends; every line but the first begins with `indent` spaces.
std::string OnLines(absl::string_view text, size_t indent = 0);

// How many columns a text takes: two for a wide character, none for a mark on the one before it.
size_t ColumnsOf(absl::string_view text);

// The longest beginning of a text that takes at most `columns`.
absl::string_view BeginningOf(absl::string_view text, size_t columns);

}  // namespace crm::crmctl
