#pragma once

#include <absl/strings/string_view.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text as people mean it, by Unicode's own rules (ICU). What is not well-formed UTF-8 comes back as
// it is: it is for others to refuse. ASCII costs no more than a look at each byte.
namespace crm::base {

// Composed (NFC), without white space at either end; empty if there is nothing to be seen in it but
// white space, format and control characters.
std::string Tidy(absl::string_view text);

// As texts are compared for which case, compatibility variants and invisible characters make no
// difference: NFKC, full case folding, default-ignorable characters dropped.
std::string Folded(absl::string_view text);

// As names are searched for: decomposed (NFKD), without marks, case folded; Latin letters that are
// others with a stroke or two in one as people without them type them: "lodz" for "Łódź", "soren"
// for "Søren". Other scripts stay as they are.
std::string SearchForm(absl::string_view text);

// The words of a text in its SearchForm: runs of letters and digits, in order.
std::vector<std::string> SearchWords(absl::string_view text);

// Well-formed UTF-8 as code points, and back.
std::u32string CodePointsOf(absl::string_view text);
std::string Utf8Of(std::u32string_view points);

// Whether any of it is white space, a control or a format character.
bool HasUnseen(absl::string_view text);

// The beginning of `text` with at most `limit` code points, cut between two characters as readers
// see them.
std::string CutAtCharacter(absl::string_view text, size_t limit);

}  // namespace crm::base
