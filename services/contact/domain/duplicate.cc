#include "services/contact/domain/duplicate.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/base/unicode.h"
#include "services/contact/domain/search_terms.h"
#include "services/contact/domain/typing_error.h"

namespace crm::contact {
namespace {

// What of a doubt each rule leaves, in parts of a thousand; doubts multiply. Names leave the less
// the more alike they are.
struct RuleDoubt {
  DuplicateRule rule;
  int64_t persons;
  int64_t organizations;
};
constexpr RuleDoubt kDoubts[] = {
    {DuplicateRule::kEmailEqual, 50, 150},   {DuplicateRule::kExternalIdEqual, 50, 50},
    {DuplicateRule::kPhoneEqual, 450, 450},  {DuplicateRule::kDomainEqual, 800, 250},
    {DuplicateRule::kNameSimilar, 300, 300},
};
constexpr int64_t kDoubtOfJustSimilar = 600;

constexpr absl::string_view kLegalForms[] = {
    "ab",  "ag",      "as",  "bv",  "co",  "company", "corp", "gmbh", "inc",
    "kg",  "limited", "llc", "llp", "ltd", "ltda",    "mbh",  "nv",   "oy",
    "oyj", "plc",     "pty", "sa",  "sas", "se",      "sarl", "spa",  "srl",
};

bool IsLegalForm(absl::string_view word) {
  return std::find(std::begin(kLegalForms), std::end(kLegalForms), word) != std::end(kLegalForms);
}

int ErrorsAllowed(size_t letters) { return letters < 3 ? 0 : letters < kMistypedFrom ? 1 : 2; }

// Of two words, in parts of a thousand.
int64_t WordSimilarity(std::u32string_view one, std::u32string_view other) {
  if (one == other) return 1000;
  if (one.size() > other.size()) std::swap(one, other);
  if (one.size() == 1) return one[0] == other[0] ? 600 : 0;
  const int most = ErrorsAllowed(one.size());
  const int errors = TypingErrors(one, other, most);
  return errors > most ? 0 : 1000 - 1000 * errors / static_cast<int64_t>(other.size());
}

template <class Values>
bool Share(const Values& one, const Values& other) {
  return std::any_of(one.begin(), one.end(),
                     [&](const auto& value) { return !value.empty() && other.contains(value); });
}

std::set<std::string> EmailsOf(const Contact& contact) {
  std::set<std::string> emails;
  for (const Email& email : contact.emails) emails.insert(email.normalized);
  return emails;
}

int64_t DoubtOf(const FiredRule& fired, ContactKind kind) {
  for (const RuleDoubt& doubt : kDoubts) {
    if (doubt.rule != fired.rule) continue;
    const int64_t least = kind == ContactKind::kPerson ? doubt.persons : doubt.organizations;
    if (fired.rule != DuplicateRule::kNameSimilar) return least;
    const int64_t missing = 1000 - fired.similarity;
    return least + (kDoubtOfJustSimilar - least) * missing / (1000 - kSimilarFrom);
  }
  return 1000;
}

}  // namespace

std::set<std::string> NumbersOf(const Contact& contact) {
  std::set<std::string> numbers;
  for (const Phone& phone : contact.phones) {
    if (!phone.e164.empty()) numbers.insert(phone.e164);
  }
  return numbers;
}

std::set<std::string> DomainsOf(const Contact& contact, const MailDomains& public_domains) {
  std::set<std::string> domains;
  if (contact.organization() != nullptr) domains.insert(contact.organization()->domain);
  for (const Email& email : contact.emails) {
    const absl::string_view domain = DomainOf(email.normalized);
    if (!public_domains.IsPublic(domain)) domains.insert(std::string(domain));
  }
  return domains;
}

int ScoreOf(const std::vector<FiredRule>& rules, ContactKind kind) {
  // That people work in one firm is no reason to compare them.
  const bool only_colleagues = kind == ContactKind::kPerson && rules.size() == 1 &&
                               rules[0].rule == DuplicateRule::kDomainEqual;
  if (rules.empty() || only_colleagues) return 0;
  int64_t doubt = 1'000'000;
  for (const FiredRule& rule : rules) doubt = doubt * DoubtOf(rule, kind) / 1000;
  return static_cast<int>(1000 - doubt / 1000);
}

std::vector<std::string> ComparedWords(const Contact& contact) {
  std::vector<std::string> words = NameWords(contact);
  if (contact.organization() == nullptr) return words;
  std::vector<std::string> own = words;
  std::erase_if(own, IsLegalForm);
  return own.empty() ? words : own;
}

int NameSimilarity(absl::Span<const std::string> one, absl::Span<const std::string> other) {
  std::vector<std::u32string> left, right;
  int64_t letters = 0;
  for (const std::string& word : one) left.push_back(base::CodePointsOf(word));
  for (const std::string& word : other) right.push_back(base::CodePointsOf(word));
  for (const auto& word : left) letters += static_cast<int64_t>(word.size());
  for (const auto& word : right) letters += static_cast<int64_t>(word.size());
  std::vector<std::tuple<int64_t, size_t, size_t>> pairs;  // negative, so that the best are first
  for (size_t i = 0; i < left.size(); ++i) {
    for (size_t j = 0; j < right.size(); ++j) {
      const int64_t similarity = WordSimilarity(left[i], right[j]);
      if (similarity > 0) pairs.emplace_back(-similarity, i, j);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<bool> left_taken(left.size()), right_taken(right.size());
  int64_t alike = 0;
  for (const auto& [negative, i, j] : pairs) {
    if (left_taken[i] || right_taken[j]) continue;
    left_taken[i] = right_taken[j] = true;
    alike -= negative * static_cast<int64_t>(left[i].size() + right[j].size());
  }
  return letters == 0 ? 0 : static_cast<int>(alike / letters);
}

Likeness Compare(const Contact& one, const Contact& other, const MailDomains& public_domains) {
  Likeness likeness;
  if (one.kind() != other.kind()) return likeness;
  const auto fire = [&](DuplicateRule rule, bool fires, int similarity = 1000) {
    if (fires) likeness.rules.push_back({rule, similarity});
  };
  fire(DuplicateRule::kEmailEqual, Share(EmailsOf(one), EmailsOf(other)));
  fire(DuplicateRule::kExternalIdEqual,
       !one.external_id.empty() && one.external_id == other.external_id);
  fire(DuplicateRule::kPhoneEqual, Share(NumbersOf(one), NumbersOf(other)));
  fire(DuplicateRule::kDomainEqual,
       Share(DomainsOf(one, public_domains), DomainsOf(other, public_domains)));
  const int similarity = NameSimilarity(ComparedWords(one), ComparedWords(other));
  fire(DuplicateRule::kNameSimilar, similarity >= kSimilarFrom, similarity);
  likeness.score = ScoreOf(likeness.rules, one.kind());
  return likeness;
}

}  // namespace crm::contact
