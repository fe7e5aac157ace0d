#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::contact {

// From how many letters on a word may be mistyped.
inline constexpr size_t kMistypedFrom = 5;

// All texts that one typing error makes of `word` or that one makes `word` of: a letter too many,
// one missing, one for another, two swapped. The letters that come in are those of the alphabets
// that the word is written in, and digits where it has digits; in order, each once, without the
// word itself. None for a word of other scripts or of more than 40 letters.
std::vector<std::string> OneErrorAway(absl::string_view word);

// How many typing errors lie between two texts, at most `most` + 1.
int TypingErrors(std::u32string_view one, std::u32string_view other, int most);

}  // namespace crm::contact
