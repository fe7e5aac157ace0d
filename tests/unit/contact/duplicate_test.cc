#include "services/contact/domain/duplicate.h"

#include "absl/strings/str_split.h"
#include "common/base/unicode.h"
#include "tests/unit/contact/contact_fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;

int Similarity(const std::string& one, const std::string& other) {
  return NameSimilarity(base::SearchWords(one), base::SearchWords(other));
}

struct Pair {
  const char* one;
  const char* other;
  bool similar;
};

TEST(NameSimilarityTest, SwappedMistypedUnaccentedAndShortenedNamesAreSimilarAndOthersAreNot) {
  for (const Pair& p : std::vector<Pair>{
           {"Anna Snelling", "Anna Snelling", true},
           {"Anna Snelling", "Snelling, Anna", true},
           {"Anna Snelling", "Ana Snelling", true},
           {"Anna Snelling", "Anna Snelilng", true},
           {"José Müller", "Jose Muller", true},
           {"Łukasz Wójcik", "Lukasz Wojcik", true},
           {"Jörg Müller", "Joerg Mueller", true},
           {"Anna Maria Snelling", "Anna Snelling", true},
           {"A. Snelling", "Anna Snelling", true},
           {"Иван Иванов", "Иванов Иван", true},
           {"王小明", "王小明", true},
           {"王小明", "王小华", false},
           {"Anna Snelling", "Bert Snelling", false},
           {"Anna Snelling", "Anna Lane", false},
           {"Anna Snelling", "Snelling", true},
           {"Bo Li", "Bo Lu", false},
           {"", "", false},
       }) {
    EXPECT_EQ(Similarity(p.one, p.other) >= kSimilarFrom, p.similar)
        << p.one << " / " << p.other << " " << Similarity(p.one, p.other);
    EXPECT_EQ(Similarity(p.one, p.other), Similarity(p.other, p.one)) << p.one;
  }
  EXPECT_EQ(Similarity("Anna Snelling", "snelling ANNA"), 1000);
}

Contact Named(const std::string& name) {
  Contact contact;
  contact.display_name = name;
  contact.body = Person();
  return contact;
}

std::vector<DuplicateRule> Rules(const Contact& one, const Contact& other) {
  std::vector<DuplicateRule> rules;
  for (const FiredRule& fired : Compare(one, other, UsualMailDomains()).rules) {
    rules.push_back(fired.rule);
  }
  return rules;
}

TEST(CompareTest, TellsEveryRuleAndEachMakesItLikelier) {
  Contact one = Named("Anna Snelling");
  Contact other = Named("Bert Lane");
  EXPECT_EQ(Compare(one, other, UsualMailDomains()).score, 0);
  int last = 0;
  const auto expect_more = [&] {
    const Likeness likeness = Compare(one, other, UsualMailDomains());
    EXPECT_GT(likeness.score, last);
    EXPECT_LE(likeness.score, 1000);
    last = likeness.score;
  };
  other.display_name = "Anna Sneling";
  EXPECT_THAT(Rules(one, other), ElementsAre(DuplicateRule::kNameSimilar));
  expect_more();
  other.display_name = "Anna Snelling";
  expect_more();
  one.emails = {{"", "anna@acme.example", "", true}};
  other.emails = {{"", "as@acme.example", "", true}};
  EXPECT_THAT(Rules(one, other),
              ElementsAre(DuplicateRule::kDomainEqual, DuplicateRule::kNameSimilar));
  expect_more();
  one.phones = other.phones = {{"0446681800", "+41446681800", ""}};
  expect_more();
  one.external_id = other.external_id = "x-1";
  expect_more();
  other.emails = one.emails;
  EXPECT_THAT(Rules(one, other),
              ElementsAre(DuplicateRule::kEmailEqual, DuplicateRule::kExternalIdEqual,
                          DuplicateRule::kPhoneEqual, DuplicateRule::kDomainEqual,
                          DuplicateRule::kNameSimilar));
  expect_more();
}

TEST(CompareTest, ColleaguesAndNeighboursInAPublicMailDomainAreNoDuplicates) {
  Contact one = Named("Anna Snelling");
  Contact other = Named("Bert Lane");
  one.emails = {{"", "anna@acme.example", "", true}};
  other.emails = {{"", "bert@acme.example", "", true}};
  EXPECT_EQ(Compare(one, other, UsualMailDomains()).score, 0);
  one.emails[0].normalized = "anna@gmail.com";
  other.emails[0].normalized = "bert@gmail.com";
  EXPECT_THAT(Rules(one, other), ::testing::IsEmpty());
}

TEST(CompareTest, OrganizationsWithoutTheirLegalFormAndNeverAPerson) {
  Contact one = Named("Acme Tools AG");
  one.body = Organization();
  Contact other = Named("ACME Tools, Inc.");
  EXPECT_THAT(Rules(one, other), ::testing::IsEmpty());
  other.body = Organization();
  EXPECT_THAT(Rules(one, other), ElementsAre(DuplicateRule::kNameSimilar));
  EXPECT_THAT(ComparedWords(one), ElementsAre("acme", "tools"));
  one.display_name = "AG";
  EXPECT_THAT(ComparedWords(one), ElementsAre("ag"));
}

}  // namespace
}  // namespace crm::contact::testing
