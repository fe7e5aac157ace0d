#include "services/contact/domain/search_terms.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/text.h"
#include "common/base/unicode.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/mail_domains.h"

namespace crm::contact {
namespace {

std::string Term(char kind, absl::string_view text) {
  if (text.empty()) return "";
  return absl::StrCat(absl::string_view(&kind, 1), base::Shortened(text, kTermLimit - 1));
}

void AddWords(std::vector<std::string>& terms, absl::string_view text) {
  for (const std::string& word : base::SearchWords(text)) terms.push_back(WordTerm(word));
}

// The last label is that of a country or of everybody.
void AddDomain(std::vector<std::string>& terms, absl::string_view domain) {
  if (!UsualMailDomains().IsPublic(domain)) AddWords(terms, domain.substr(0, domain.rfind('.')));
}

void AddEmail(std::vector<std::string>& terms, absl::string_view email) {
  if (email.empty()) return;
  terms.push_back(Term(kEmailTerm, email));
  AddWords(terms, email.substr(0, email.rfind('@')));
  AddDomain(terms, DomainOf(email));
}

void AddNames(std::vector<std::string>& terms, const Contact& contact) {
  AddWords(terms, contact.display_name);
  if (contact.person() == nullptr) return;
  AddWords(terms, contact.person()->given_name);
  AddWords(terms, contact.person()->family_name);
}

}  // namespace

std::string WordTerm(absl::string_view word) { return Term(kWordTerm, word); }

std::string PhoneTerm(absl::string_view number) {
  std::string digits;
  for (const char c : number) {
    // Zeros in front are how one dials from somewhere.
    if (absl::ascii_isdigit(c) && (c != '0' || !digits.empty())) digits.push_back(c);
  }
  std::reverse(digits.begin(), digits.end());
  return Term(kPhoneTerm, digits);
}

std::string IdTerm(absl::string_view id) {
  return Term(kIdTerm, absl::StrJoin(base::SearchWords(id), ""));
}

std::vector<std::string> NameWords(const Contact& contact) {
  std::vector<std::string> words = base::SearchWords(contact.display_name);
  if (contact.person() == nullptr) return words;
  for (const std::string* name : {&contact.person()->given_name, &contact.person()->family_name}) {
    for (std::string& word : base::SearchWords(*name)) {
      if (std::find(words.begin(), words.end(), word) == words.end()) {
        words.push_back(std::move(word));
      }
    }
  }
  return words;
}

std::vector<std::string> TermsOf(const Contact& contact) {
  std::vector<std::string> terms;
  if (contact.deleted()) return terms;
  AddNames(terms, contact);
  for (const Email& email : contact.emails) AddEmail(terms, email.normalized);
  for (const Phone& phone : contact.phones) {
    terms.push_back(PhoneTerm(phone.e164.empty() ? phone.number : phone.e164));
  }
  if (contact.organization() != nullptr) AddDomain(terms, contact.organization()->domain);
  terms.push_back(IdTerm(contact.external_id));
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  if (!terms.empty() && terms.front().empty()) terms.erase(terms.begin());
  return terms;
}

std::vector<std::string> TermsBeyond(const Contact& contact, const Contact* other) {
  std::vector<std::string> terms = TermsOf(contact);
  if (other == nullptr) return terms;
  const std::vector<std::string> others = TermsOf(*other);
  std::erase_if(terms, [&](const std::string& term) {
    return std::binary_search(others.begin(), others.end(), term);
  });
  return terms;
}

std::string TermLine(const Contact& contact) {
  if (contact.deleted()) return "";
  return absl::StrCat(contact.person() != nullptr ? "P " : "O ",
                      absl::StrJoin(TermsOf(contact), " "), " ");
}

std::vector<absl::string_view> TermsIn(absl::string_view line) {
  if (line.size() < 2) return {};
  return absl::StrSplit(line.substr(2), ' ', absl::SkipEmpty());
}

}  // namespace crm::contact
