#include "services/contact/domain/search_query.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/address/normal_forms.h"
#include "common/base/unicode.h"
#include "services/contact/domain/mail_domains.h"
#include "services/contact/domain/search_terms.h"
#include "services/contact/domain/typing_error.h"

namespace crm::contact {
namespace {

constexpr absl::string_view kPhoneMarks = "+()/.-";
constexpr size_t kPhoneDigitsFrom = 4;

// Ends of domains that are also words, so that they are not looked for as such.
constexpr absl::string_view kCommonEnds[] = {"at", "biz",  "ch", "co", "com", "de",  "es", "eu",
                                             "fr", "info", "io", "it", "net", "org", "uk", "us"};

bool IsPhonePart(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(c) || absl::StrContains(kPhoneMarks, c);
  });
}

size_t DigitsIn(absl::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), absl::ascii_isdigit));
}

void AddTerm(QueryUnit& unit, std::string term) {
  const bool known = std::find(unit.terms.begin(), unit.terms.end(), term) != unit.terms.end();
  if (!term.empty() && !known) unit.terms.push_back(std::move(term));
}

bool IsLong(absl::string_view term) {
  return base::CodePointsOf(term.substr(1)).size() >= kMistypedFrom;
}

QueryUnit WordUnit(absl::string_view word) {
  QueryUnit unit;
  AddTerm(unit, WordTerm(word));
  // A word with digits may be an id, and all digits a number.
  if (DigitsIn(word) > 0) AddTerm(unit, IdTerm(word));
  if (DigitsIn(word) == word.size() && word.size() >= kPhoneDigitsFrom) {
    AddTerm(unit, PhoneTerm(word));
  }
  unit.may_be_mistyped = !unit.terms.empty() && IsLong(unit.terms.front());
  return unit;
}

QueryUnit EmailUnit(const std::string& email) {
  QueryUnit unit;
  AddTerm(unit, absl::StrCat(absl::string_view(&kEmailTerm, 1), email));
  unit.may_be_mistyped = true;
  return unit;
}

// An address that is not finished yet is one too: "anna@acme".
std::string EmailIn(absl::string_view chunk) {
  std::string email = address::NormalizeEmail(chunk);
  if (!email.empty() || !absl::StrContains(chunk.substr(1), '@')) return email;
  return base::Folded(chunk);
}

// What is neither address nor number: words, or one id with marks in it.
void AddWordUnits(std::vector<QueryUnit>& units, absl::string_view chunk) {
  const std::vector<std::string> words = base::SearchWords(chunk);
  const bool is_domain = absl::StrContains(chunk, '.') && !address::NormalizeDomain(chunk).empty();
  const bool is_id = words.size() > 1 && DigitsIn(chunk) > 0 && !is_domain;
  if (is_id) {
    AddTerm(units.emplace_back(), IdTerm(chunk));
    return;
  }
  for (const std::string& word : words) units.push_back(WordUnit(word));
  if (words.size() > 1 && is_domain) {
    const bool common = std::find(std::begin(kCommonEnds), std::end(kCommonEnds), words.back()) !=
                        std::end(kCommonEnds);
    units.back().optional = true;
    if (common) units.pop_back();
  }
}

// A telephone number may have blanks in it.
void AddNumber(std::vector<QueryUnit>& units, absl::string_view number, absl::string_view tenant,
               const PhoneNormalizer& phones) {
  if (DigitsIn(number) < kPhoneDigitsFrom) return AddWordUnits(units, number);
  QueryUnit unit;
  AddTerm(unit, PhoneTerm(phones.Read(number, "", tenant).e164));
  AddTerm(unit, PhoneTerm(number));
  AddTerm(unit, IdTerm(number));
  if (DigitsIn(number) == number.size()) AddTerm(unit, WordTerm(number));
  units.push_back(std::move(unit));
}

size_t SharedBytes(absl::string_view one, absl::string_view other) {
  const size_t most = std::min(one.size(), other.size());
  return static_cast<size_t>(std::mismatch(one.begin(), one.begin() + most, other.begin()).first -
                             one.begin());
}

bool Begins(absl::string_view term, absl::string_view wanted) {
  return absl::StartsWith(term, wanted);
}

MatchedField FieldOf(const Contact& contact, absl::string_view term) {
  if (term[0] == kEmailTerm) return MatchedField::kEmail;
  if (term[0] == kPhoneTerm) return MatchedField::kPhone;
  if (term[0] == kIdTerm) return MatchedField::kExternalId;
  const std::vector<std::string> names = NameWords(contact);
  const auto is_name = [&](const std::string& word) { return WordTerm(word) == term; };
  if (std::any_of(names.begin(), names.end(), is_name)) return MatchedField::kName;
  return contact.organization() != nullptr ? MatchedField::kDomain : MatchedField::kEmail;
}

}  // namespace

std::vector<QueryUnit> ParseSearch(absl::string_view query, absl::string_view tenant,
                                   const PhoneNormalizer& phones) {
  std::vector<QueryUnit> units;
  std::string number;
  const auto end_number = [&] {
    if (!number.empty()) AddNumber(units, number, tenant, phones);
    number.clear();
  };
  const std::string tidy = base::Tidy(query);
  for (const absl::string_view chunk : absl::StrSplit(tidy, ' ', absl::SkipWhitespace())) {
    if (IsPhonePart(chunk) && DigitsIn(chunk) > 0) {
      absl::StrAppend(&number, number.empty() ? "" : " ", chunk);
      continue;
    }
    end_number();
    if (std::string email = EmailIn(chunk); !email.empty()) {
      units.push_back(EmailUnit(email));
    } else {
      AddWordUnits(units, chunk);
    }
  }
  end_number();
  std::erase_if(units, [](const QueryUnit& unit) { return unit.terms.empty(); });
  return units;
}

std::string EndOfBeginning(absl::string_view beginning) {
  return absl::StrCat(beginning, "\U0010FFFF");
}

std::vector<std::string> MistypedTerms(const QueryUnit& unit, const TermNeighbours& neighbours) {
  std::vector<std::string> terms;
  if (!unit.may_be_mistyped) return terms;
  const absl::string_view term = unit.terms.front();
  const size_t shared =
      std::max(SharedBytes(term, neighbours.before), SharedBytes(term, neighbours.behind));
  for (const std::string& text : OneErrorAway(term.substr(1))) {
    std::string possible = absl::StrCat(term.substr(0, 1), text);
    if (SharedBytes(term, possible) <= shared) terms.push_back(std::move(possible));
  }
  return terms;
}

MatchGrade GradeOf(absl::Span<const absl::string_view> terms, const QueryUnit& unit) {
  MatchGrade best = MatchGrade::kNone;
  for (const absl::string_view term : terms) {
    for (const std::string& wanted : unit.terms) {
      if (term == wanted) return MatchGrade::kExact;
      if (Begins(term, wanted)) best = MatchGrade::kBeginning;
    }
    const bool mistyped = best == MatchGrade::kNone &&
                          std::binary_search(unit.mistyped.begin(), unit.mistyped.end(), term);
    if (mistyped) best = MatchGrade::kTypingError;
  }
  return best;
}

MatchGrade GradeOf(absl::Span<const absl::string_view> terms, absl::Span<const QueryUnit> query) {
  MatchGrade worst = MatchGrade::kExact;
  for (const QueryUnit& unit : query) {
    const MatchGrade grade = GradeOf(terms, unit);
    if (grade == MatchGrade::kNone) return grade;
    worst = std::max(worst, grade);
  }
  return query.empty() ? MatchGrade::kNone : worst;
}

std::vector<MatchedField> FieldsMatched(const Contact& contact, absl::Span<const QueryUnit> query) {
  std::vector<MatchedField> fields;
  for (const std::string& term : TermsOf(contact)) {
    const absl::string_view view = term;
    const bool matches = std::any_of(query.begin(), query.end(), [&](const QueryUnit& unit) {
      return GradeOf(absl::MakeConstSpan(&view, 1), unit) != MatchGrade::kNone;
    });
    if (matches) fields.push_back(FieldOf(contact, term));
  }
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  return fields;
}

}  // namespace crm::contact
