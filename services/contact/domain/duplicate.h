#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/mail_domains.h"

namespace crm::contact {

// Why two contacts may be one.
enum class DuplicateRule {
  kNone,
  kEmailEqual,       // an e-mail address of both
  kExternalIdEqual,  // the external id
  kPhoneEqual,       // a telephone number of both
  kDomainEqual,      // organizations: the domain; persons: one of a mail domain that is not public
  kNameSimilar,      // names at least kSimilarFrom alike
};

// Similarities and scores are parts of a thousand.
inline constexpr int kSimilarFrom = 800;

struct FiredRule {
  DuplicateRule rule = DuplicateRule::kNone;
  int similarity = 1000;  // of names; 1000 for what is equal

  bool operator==(const FiredRule&) const = default;
};

// How likely two contacts are one.
struct Likeness {
  int score = 0;                 // 0: no rule fired that finds anything by itself
  std::vector<FiredRule> rules;  // in the order of the enum

  bool operator==(const Likeness&) const = default;
};

// A name as it is compared: its words in their search form, an organization's without its legal
// form ("AG"), unless it has nothing else.
std::vector<std::string> ComparedWords(const Contact& contact);

// How alike names of these words are, in any order: 1000 for the same words, 0 for none alike. A
// word of three or four letters may have one typing error, a longer one two; an initial stands for
// a word that begins so.
int NameSimilarity(absl::Span<const std::string> one, absl::Span<const std::string> other);

// The numbers, and the domains but for public ones, that are compared; perhaps with an empty one.
std::set<std::string> NumbersOf(const Contact& contact);
std::set<std::string> DomainsOf(const Contact& contact, const MailDomains& public_domains);

// The score of contacts of this kind between which these rules fire.
int ScoreOf(const std::vector<FiredRule>& rules, ContactKind kind);

// Every rule that fires between two contacts of one kind, which are normalized; nothing between a
// person and an organization. Each rule makes it likelier; that two persons have the same employer
// counts only beside another rule.
Likeness Compare(const Contact& one, const Contact& other, const MailDomains& public_domains);

}  // namespace crm::contact
