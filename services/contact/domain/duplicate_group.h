#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/uuid.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/mail_domains.h"

// Who of those that have one word of their names, or one telephone number, in common may be the
// same. All pairs of a tenant are found by going through its words and numbers, each pair once, and
// no contact is compared with all others.
namespace crm::contact {

// What decides whom a contact is like, but for e-mail addresses and external ids, of which no two
// have the same. All in order, each once.
struct ContactProfile {
  base::Uuid id;
  absl::Time create_time;
  ContactKind kind = ContactKind::kPerson;
  std::vector<std::string> words;    // ComparedWords
  std::vector<std::string> numbers;  // E.164
  std::vector<std::string> domains;  // of organizations and addresses, but for the public ones
};
ContactProfile ProfileOf(const Contact& contact, const MailDomains& public_domains);

// A number that more contacts have is a switchboard's.
inline constexpr size_t kMostOfOneNumber = 1000;

// The groups among `profiles`, which all have `term` (of search_terms.h, a word or a number), of at
// least two that are alike with a score of `least`, directly or over others of the group: places in
// `profiles`, the earliest made first; groups in the order of their first.
// Of names a pair counts where it has `term` for its first word in common, and another word, or
// the first letter of one, with at most one typing error; or where one of the names has no other
// word. Of numbers it counts if it does not already by names.
std::vector<std::vector<size_t>> GroupsUnder(absl::string_view term,
                                             absl::Span<const ContactProfile> profiles, int least);

}  // namespace crm::contact
