#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "services/contact/domain/contact.h"
#include "services/contact/domain/ports.h"

namespace crm::contact {

// How well a contact answers a query: as its worst unit does.
enum class MatchGrade { kNone, kExact, kBeginning, kTypingError };

// In what a contact answers a query.
enum class MatchedField { kNone, kName, kEmail, kDomain, kPhone, kExternalId };

// One thing that a query asks for: a word, an address, a telephone number.
struct QueryUnit {
  // Terms (search_terms.h), any of which will do: each as it is or as the beginning of a longer
  // one.
  std::vector<std::string> terms;
  // The terms that one typing error away from these are; none where the unit is too short for that.
  // Filled in by those who know which terms there are.
  std::vector<std::string> mistyped = {};
  bool may_be_mistyped = false;
  // The end of a domain, which is asked for only if contacts are known by it.
  bool optional = false;
};

// A query as people type it: words and beginnings of words, e-mail addresses, domains, telephone
// numbers in any notation, ids, in any order. All of them must be found in a contact.
std::vector<QueryUnit> ParseSearch(absl::string_view query, absl::string_view tenant,
                                   const PhoneNormalizer& phones);

// The first text that does not begin with `beginning` and comes after those that do.
std::string EndOfBeginning(absl::string_view beginning);

// Terms that contacts have: the last one before a term and all that begin with it, and the first
// one behind them; empty where there is none.
struct TermNeighbours {
  std::string before;
  std::string behind;
};

// What of a mistyped unit there could be, with these neighbours of its first term: the terms one
// error away, in order. None that has more of its beginning in common with the term than they do,
// since there is none: a term in order has most in common with what stands beside it.
std::vector<std::string> MistypedTerms(const QueryUnit& unit, const TermNeighbours& neighbours);

// How a contact with these terms answers one unit, and a whole query.
MatchGrade GradeOf(absl::Span<const absl::string_view> terms, const QueryUnit& unit);
MatchGrade GradeOf(absl::Span<const absl::string_view> terms, absl::Span<const QueryUnit> query);

// In which of its fields a contact answers the query, each once, in the order of the enum.
std::vector<MatchedField> FieldsMatched(const Contact& contact, absl::Span<const QueryUnit> query);

}  // namespace crm::contact
