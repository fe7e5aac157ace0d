#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace crm::contact {

struct Contact;

// What a contact is found by: texts that begin with the letter of their kind.
inline constexpr char kWordTerm = 'w';   // a word of its names, its domain, its e-mail addresses
inline constexpr char kEmailTerm = 'e';  // a whole normalized address
inline constexpr char kPhoneTerm = 'p';  // the digits of a number, last one first
inline constexpr char kIdTerm = 'x';     // the external id, letters and digits alone

// The longest term, in bytes; what is longer is cut between two characters.
inline constexpr size_t kTermLimit = 120;

// Its terms, in order, each once; none while it is deleted. Names count as many words as they have,
// of an address the words before the '@', and those of its domain but the last label, unless the
// domain is a public one.
std::vector<std::string> TermsOf(const Contact& contact);

// What `contact` is found by and `other` is not; all of it if there is no other.
std::vector<std::string> TermsBeyond(const Contact& contact, const Contact* other);

// All its terms in one text, between blanks, behind the letter of its kind: "P wanna wsnelling ".
// Empty while it is deleted.
std::string TermLine(const Contact& contact);

// The terms in such a text.
std::vector<absl::string_view> TermsIn(absl::string_view line);

// A term of each kind; empty if the text has nothing of the kind in it.
std::string WordTerm(absl::string_view word);  // a word in its search form
std::string PhoneTerm(absl::string_view number);
std::string IdTerm(absl::string_view id);

// The words of what a contact is called.
std::vector<std::string> NameWords(const Contact& contact);

}  // namespace crm::contact
