#include "services/contact/domain/search_query.h"

#include <random>
#include <set>

#include "services/contact/domain/mail_domains.h"
#include "services/contact/domain/search_terms.h"
#include "services/contact/domain/typing_error.h"
#include "tests/unit/contact/contact_fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using TermList = std::vector<std::string>;

// The units of a query, each with its terms.
std::vector<std::vector<std::string>> Units(const std::string& query) {
  std::vector<std::vector<std::string>> units;
  for (const QueryUnit& unit : ParseSearch(query, "acme", FakePhones())) {
    units.push_back(unit.terms);
  }
  return units;
}

TEST(Terms, AreWordsAddressesNumbersAndTheId) {
  Contact person = Live();
  person.display_name = "Dr. Anna Snelling";
  EXPECT_THAT(TermsOf(person),
              ElementsAre("ea@home.example", "eanna@example.com", "p008186644014", "wa", "wanna",
                          "wdr", "wexample", "whome", "wsnelling", "xx1"));
  EXPECT_EQ(TermLine(person),
            "P ea@home.example eanna@example.com p008186644014 wa wanna wdr wexample whome "
            "wsnelling xx1 ");
}

TEST(Terms, OfADeletedContactAreNone) {
  Contact person = Live();
  person.delete_time = kToday;
  EXPECT_THAT(TermsOf(person), IsEmpty());
  EXPECT_EQ(TermLine(person), "");
}

TEST(Terms, OfAPublicMailDomainAreNone) {
  Contact person = Live();
  person.emails = {{"joe@gmail.com", "joe@gmail.com", "", true}};
  EXPECT_THAT(TermsBeyond(person, nullptr), ::testing::Not(::testing::Contains("wgmail")));
  EXPECT_THAT(TermsOf(person), ::testing::Contains("wjoe"));
}

TEST(Terms, OfAnOrganizationAreThoseOfItsNameAndDomain) {
  Contact organization;
  organization.display_name = "Société Générale";
  Organization body;
  body.domain = "socgen.example";
  organization.body = body;
  EXPECT_THAT(TermsOf(organization), ElementsAre("wgenerale", "wsocgen", "wsociete"));
  EXPECT_EQ(TermLine(organization).substr(0, 2), "O ");
}

TEST(Query, IsTakenApartIntoWhatItAsksFor) {
  EXPECT_THAT(Units("  Ánna SNELLING "), ElementsAre(TermList{"wanna"}, TermList{"wsnelling"}));
  EXPECT_THAT(Units("Anna-María"), ElementsAre(TermList{"wanna"}, TermList{"wmaria"}));
  EXPECT_THAT(Units("anna@Acme.example"), ElementsAre(TermList{"eanna@acme.example"}));
  EXPECT_THAT(Units("anna@ac"), ElementsAre(TermList{"eanna@ac"}));
  EXPECT_THAT(Units("acme.com"), ElementsAre(TermList{"wacme"}));
  EXPECT_THAT(Units("acme.example"), ElementsAre(TermList{"wacme"}, TermList{"wexample"}));
  EXPECT_THAT(Units("C-1001"), ElementsAre(TermList{"xc1001"}));
  EXPECT_THAT(Units("c1001"), ElementsAre(TermList{"wc1001", "xc1001"}));
  EXPECT_THAT(Units("044 668 18 00"),
              ElementsAre(TermList{"p008186644014", "p008186644", "x0446681800"}));
  EXPECT_THAT(Units("-- ,"), IsEmpty());
}

TEST(Query, TheEndOfADomainIsAskedForOnlyIfContactsAreKnownByIt) {
  const auto units = ParseSearch("acme.example", "acme", FakePhones());
  ASSERT_EQ(units.size(), 2u);
  EXPECT_FALSE(units[0].optional);
  EXPECT_TRUE(units[1].optional);
}

TEST(Query, WordsOfFiveLettersMayBeMistyped) {
  EXPECT_FALSE(ParseSearch("anna", "acme", FakePhones())[0].may_be_mistyped);
  EXPECT_TRUE(ParseSearch("annas", "acme", FakePhones())[0].may_be_mistyped);
  EXPECT_THAT(MistypedTerms({.terms = {"wannas"}, .may_be_mistyped = true}, {"wannar", ""}),
              ::testing::Contains("wanna"));
}

// The terms of `all` that do not begin with `term`: the neighbours, and the mistyped ones.
TermNeighbours NeighboursOf(const std::set<std::string>& all, const std::string& term) {
  TermNeighbours neighbours;
  const auto at = all.lower_bound(term);
  if (at != all.begin()) neighbours.before = *std::prev(at);
  const auto behind = all.lower_bound(EndOfBeginning(term));
  if (behind != all.end()) neighbours.behind = *behind;
  return neighbours;
}
TermList MistypedAmong(const std::set<std::string>& all, const std::string& term,
                       const TermList& possible) {
  TermList found;
  for (const std::string& text : possible) {
    if (all.contains(text) && text.compare(0, term.size(), term) != 0) found.push_back(text);
  }
  return found;
}

TEST(Query, WhatNeighboursRuleOutIsNoTerm) {
  std::mt19937 random(20261127);
  const auto one_of = [&](absl::string_view letters) { return letters[random() % letters.size()]; };
  int found = 0;
  for (int round = 0; round < 300; ++round) {
    const auto word = [&](size_t least) {
      std::string text = "w";
      for (size_t i = least + random() % 3; i > 0; --i) text.push_back(one_of("abc"));
      return text;
    };
    std::set<std::string> all;
    for (int i = 0; i < 12; ++i) all.insert(word(4));
    const std::string term = word(5);
    TermList every;
    for (const std::string& text : OneErrorAway(term.substr(1))) every.push_back("w" + text);
    const QueryUnit unit{.terms = {term}, .may_be_mistyped = true};
    const TermList expected = MistypedAmong(all, term, every);
    EXPECT_EQ(MistypedAmong(all, term, MistypedTerms(unit, NeighboursOf(all, term))), expected);
    found += static_cast<int>(expected.size());
  }
  EXPECT_GT(found, 10);
  const QueryUnit alone{.terms = {"eanna@acme.example"}, .may_be_mistyped = true};
  EXPECT_LT(MistypedTerms(alone, {"ebert@acme.example", "wanna"}).size(), 120u);
  EXPECT_GT(MistypedTerms(alone, {"eanna@acme.exampl", ""}).size(), 800u);
}

TEST(Query, IsAnsweredAsItsWorstUnitIs) {
  const std::vector<absl::string_view> terms = {"wanna", "wsnelling"};
  const QueryUnit anna{.terms = {"wanna"}};
  const QueryUnit snell{.terms = {"wsnell"}};
  const QueryUnit mistyped{.terms = {"wsneling"}, .mistyped = {"wsnelling"}};
  const QueryUnit bert{.terms = {"wbert"}};
  EXPECT_EQ(GradeOf(terms, {anna}), MatchGrade::kExact);
  EXPECT_EQ(GradeOf(terms, {anna, snell}), MatchGrade::kBeginning);
  EXPECT_EQ(GradeOf(terms, {anna, snell, mistyped}), MatchGrade::kTypingError);
  EXPECT_EQ(GradeOf(terms, {anna, bert}), MatchGrade::kNone);
  EXPECT_EQ(GradeOf(terms, absl::Span<const QueryUnit>()), MatchGrade::kNone);
}

TEST(Query, TellsWhichFieldsAnswer) {
  const Contact person = Live();
  const auto fields = [&](const std::string& query) {
    return FieldsMatched(person, ParseSearch(query, "acme", FakePhones()));
  };
  EXPECT_THAT(fields("snell"), ElementsAre(MatchedField::kName));
  EXPECT_THAT(fields("home"), ElementsAre(MatchedField::kEmail));
  EXPECT_THAT(fields("anna@example.com"), ElementsAre(MatchedField::kEmail));
  EXPECT_THAT(fields("0446681800 x-1"),
              ElementsAre(MatchedField::kPhone, MatchedField::kExternalId));
}

TEST(MailDomainsTest, CanBeOthers) {
  EXPECT_TRUE(UsualMailDomains().IsPublic("gmail.com"));
  EXPECT_FALSE(UsualMailDomains().IsPublic("acme.example"));
  const MailDomains others("# ours\nAcme.example.\n\nwww.mail.example # theirs\n");
  EXPECT_EQ(others.size(), 2u);
  EXPECT_TRUE(others.IsPublic("acme.example"));
  EXPECT_TRUE(others.IsPublic("mail.example"));
  EXPECT_FALSE(others.IsPublic("gmail.com"));
}

}  // namespace
}  // namespace crm::contact::testing
