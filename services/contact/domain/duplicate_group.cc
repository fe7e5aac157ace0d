#include "services/contact/domain/duplicate_group.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "common/base/unicode.h"
#include "services/contact/domain/duplicate.h"
#include "services/contact/domain/search_terms.h"

namespace crm::contact {
namespace {

using Words = std::vector<std::string>;

constexpr size_t kKeyMistypedFrom = 3;

void Tidy(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

std::vector<std::string> Common(const std::vector<std::string>& one,
                                const std::vector<std::string>& other) {
  std::vector<std::string> common;
  std::set_intersection(one.begin(), one.end(), other.begin(), other.end(),
                        std::back_inserter(common));
  return common;
}

bool Intersect(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  return !Common(one, other).empty();
}

// Sets that are united.
class Union {
 public:
  explicit Union(size_t size) : parent_(size) { std::iota(parent_.begin(), parent_.end(), 0); }

  size_t Find(size_t one) {
    while (parent_[one] != one) one = parent_[one] = parent_[parent_[one]];
    return one;
  }
  void Unite(size_t one, size_t other) { parent_[Find(one)] = Find(other); }
  void UniteAll(const std::vector<size_t>& all) {
    for (const size_t one : all) Unite(all.front(), one);
  }

 private:
  std::vector<size_t> parent_;
};

std::string InitialKey(const std::u32string& letters) {
  return absl::StrCat(" ", base::Utf8Of(letters.substr(0, 1)));
}

// Texts of which two words have one in common if at most one typing error lies between them, or if
// they begin with one letter: a key of its own, for where one of them is this letter alone.
void AddKeys(const std::string& word, std::set<std::string>& keys) {
  keys.insert(word);
  const std::u32string letters = base::CodePointsOf(word);
  if (!letters.empty()) keys.insert(InitialKey(letters));
  if (letters.size() < kKeyMistypedFrom) return;
  for (size_t i = 0; i < letters.size(); ++i) {
    std::u32string shorter = letters;
    shorter.erase(i, 1);
    keys.insert(base::Utf8Of(shorter));
  }
}

// Keys of the words beside one.
std::set<std::string> OtherKeys(const Words& words, absl::string_view but) {
  std::set<std::string> keys;
  for (const std::string& word : words) {
    if (WordTerm(word) != but) AddKeys(word, keys);
  }
  return keys;
}

bool HasWord(const Words& words, const std::string& word) {
  return std::binary_search(words.begin(), words.end(), word);
}

// Those of one kind and of the same words.
struct NameClass {
  ContactKind kind;
  const Words* words;
  std::vector<size_t> members;
};

// The pairs that `term` is the first common word of.
class WordGroups {
 public:
  WordGroups(absl::string_view term, absl::Span<const ContactProfile> profiles, int least,
             Union& united)
      : term_(term), profiles_(profiles), least_(least), united_(united) {}

  void UniteAlike() {
    ListClasses();
    for (size_t i = 0; i < classes_.size(); ++i) UniteIfAlike(i, i);
    for (const auto& [one, other] : Candidates()) UniteIfAlike(one, other);
  }

 private:
  void ListClasses() {
    std::map<std::pair<ContactKind, Words>, std::vector<size_t>> members;
    for (size_t i = 0; i < profiles_.size(); ++i) {
      if (!HasTerm(profiles_[i].words)) continue;
      members[{profiles_[i].kind, profiles_[i].words}].push_back(i);
    }
    for (auto& [name, all] : members) {
      classes_.push_back({name.first, &profiles_[all.front()].words, std::move(all)});
    }
  }

  bool HasTerm(const Words& words) const {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return WordTerm(word) == term_; });
  }

  // Two different classes, each pair once.
  std::set<std::pair<size_t, size_t>> Candidates() const {
    absl::flat_hash_map<std::string, std::vector<size_t>> by_key;
    std::vector<size_t> alone;
    for (size_t i = 0; i < classes_.size(); ++i) {
      const std::set<std::string> keys = OtherKeys(*classes_[i].words, term_);
      if (keys.empty()) alone.push_back(i);
      for (const std::string& key : keys) by_key[key].push_back(i);
    }
    std::set<std::pair<size_t, size_t>> pairs;
    for (const auto& [key, classes] : by_key) AddPairs(key, classes, pairs);
    for (const size_t one : alone) {
      for (size_t other = 0; other < classes_.size(); ++other) {
        if (other != one) pairs.emplace(std::min(one, other), std::max(one, other));
      }
    }
    return pairs;
  }

  void AddPairs(const std::string& key, const std::vector<size_t>& classes,
                std::set<std::pair<size_t, size_t>>& pairs) const {
    const bool initial = key.front() == ' ';
    for (size_t i = 0; i < classes.size(); ++i) {
      if (initial && !HasWord(*classes_[classes[i]].words, key.substr(1))) continue;
      for (size_t j = initial ? 0 : i + 1; j < classes.size(); ++j) {
        if (i != j) {
          pairs.emplace(std::min(classes[i], classes[j]), std::max(classes[i], classes[j]));
        }
      }
    }
  }

  void UniteIfAlike(size_t one, size_t other) {
    const NameClass& a = classes_[one];
    const NameClass& b = classes_[other];
    if (a.kind != b.kind || WordTerm(Common(*a.words, *b.words).front()) != term_) return;
    const int similarity = one == other ? 1000 : NameSimilarity(*a.words, *b.words);
    if (similarity < kSimilarFrom) return;
    std::vector<size_t> all = a.members;
    if (one != other) all.insert(all.end(), b.members.begin(), b.members.end());
    if (all.size() < 2) return;
    if (Score(a.kind, similarity, false, false) >= least_) return united_.UniteAll(all);
    if (Score(a.kind, similarity, false, true) >= least_) UniteBy(&ContactProfile::domains, all);
    if (Score(a.kind, similarity, true, false) >= least_) {
      UniteBy(&ContactProfile::numbers, all);
    } else if (Score(a.kind, similarity, true, true) >= least_) {
      UniteByBoth(all);
    }
  }

  static int Score(ContactKind kind, int similarity, bool number, bool domain) {
    std::vector<FiredRule> rules;
    if (number) rules.push_back({DuplicateRule::kPhoneEqual});
    if (domain) rules.push_back({DuplicateRule::kDomainEqual});
    rules.push_back({DuplicateRule::kNameSimilar, similarity});
    return ScoreOf(rules, kind);
  }

  void UniteBy(const std::vector<std::string> ContactProfile::*texts,
               const std::vector<size_t>& all) {
    absl::flat_hash_map<absl::string_view, size_t> first;
    for (const size_t i : all) {
      for (const std::string& text : profiles_[i].*texts) {
        united_.Unite(first.try_emplace(text, i).first->second, i);
      }
    }
  }

  void UniteByBoth(const std::vector<size_t>& all) {
    std::map<std::pair<std::string, std::string>, size_t> first;
    for (const size_t i : all) {
      for (const std::string& number : profiles_[i].numbers) {
        for (const std::string& domain : profiles_[i].domains) {
          united_.Unite(first.try_emplace({number, domain}, i).first->second, i);
        }
      }
    }
  }

  const absl::string_view term_;
  const absl::Span<const ContactProfile> profiles_;
  const int least_;
  Union& united_;
  std::vector<NameClass> classes_;
};

// Whether a pair of these names is looked at under its first word in common.
bool MeetByWords(const Words& one, const Words& other) {
  const std::vector<std::string> common = Common(one, other);
  if (common.empty()) return false;
  const std::string term = WordTerm(common.front());
  const std::set<std::string> keys = OtherKeys(one, term);
  const std::set<std::string> others = OtherKeys(other, term);
  if (keys.empty() || others.empty()) return true;
  return std::any_of(keys.begin(), keys.end(), [&](const std::string& key) {
    return others.contains(key) &&
           (key.front() != ' ' || HasWord(one, key.substr(1)) || HasWord(other, key.substr(1)));
  });
}

bool IsAlikeByNumber(const ContactProfile& one, const ContactProfile& other, int least) {
  std::vector<FiredRule> rules = {{DuplicateRule::kPhoneEqual}};
  if (Intersect(one.domains, other.domains)) rules.push_back({DuplicateRule::kDomainEqual});
  const int similarity = NameSimilarity(one.words, other.words);
  if (similarity >= kSimilarFrom) {
    if (MeetByWords(one.words, other.words)) return false;  // told there
    rules.push_back({DuplicateRule::kNameSimilar, similarity});
  }
  return ScoreOf(rules, one.kind) >= least;
}

// The pairs that `term` is the first common number of and that are not alike by their names.
void UniteByNumber(absl::string_view term, absl::Span<const ContactProfile> profiles, int least,
                   Union& united) {
  if (profiles.size() > kMostOfOneNumber) return;
  for (size_t i = 0; i < profiles.size(); ++i) {
    for (size_t j = i + 1; j < profiles.size(); ++j) {
      const ContactProfile& one = profiles[i];
      const ContactProfile& other = profiles[j];
      if (one.kind != other.kind || united.Find(i) == united.Find(j)) continue;
      const std::vector<std::string> common = Common(one.numbers, other.numbers);
      if (common.empty() || PhoneTerm(common.front()) != term) continue;
      if (IsAlikeByNumber(one, other, least)) united.Unite(i, j);
    }
  }
}

}  // namespace

ContactProfile ProfileOf(const Contact& contact, const MailDomains& public_domains) {
  ContactProfile profile;
  profile.id = contact.id;
  profile.create_time = contact.create_time;
  profile.kind = contact.kind();
  profile.words = ComparedWords(contact);
  const auto numbers = NumbersOf(contact);
  profile.numbers.assign(numbers.begin(), numbers.end());
  const auto domains = DomainsOf(contact, public_domains);
  profile.domains.assign(domains.begin(), domains.end());
  for (auto* const texts : {&profile.words, &profile.domains}) {
    Tidy(*texts);
    std::erase(*texts, "");
  }
  return profile;
}

std::vector<std::vector<size_t>> GroupsUnder(absl::string_view term,
                                             absl::Span<const ContactProfile> profiles, int least) {
  Union united(profiles.size());
  if (!term.empty() && term.front() == kPhoneTerm) {
    UniteByNumber(term, profiles, least, united);
  } else {
    WordGroups(term, profiles, least, united).UniteAlike();
  }
  std::vector<size_t> order(profiles.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t one, size_t other) {
    return std::tie(profiles[one].create_time, profiles[one].id) <
           std::tie(profiles[other].create_time, profiles[other].id);
  });
  std::vector<std::vector<size_t>> groups;
  absl::flat_hash_map<size_t, size_t> places;
  for (const size_t one : order) {
    const auto [place, fresh] = places.try_emplace(united.Find(one), groups.size());
    if (fresh) groups.emplace_back();
    groups[place->second].push_back(one);
  }
  std::erase_if(groups, [](const auto& group) { return group.size() < 2; });
  return groups;
}

}  // namespace crm::contact
