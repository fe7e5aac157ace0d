#include "services/contact/domain/contact_upsert.h"

#include "common/error/error.h"
#include "tests/unit/contact/contact_fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using Step = UpsertStep;
using Kind = UpsertStep::Kind;

constexpr base::Uuid kAnna(7, 1);
constexpr base::Uuid kBen(7, 2);

ContactKey Id(const char* value) { return {KeyKind::kExternalId, value}; }
ContactKey Mail(const char* value) { return {KeyKind::kEmail, value}; }
ContactKey Domain(const char* value) { return {KeyKind::kDomain, value}; }

// The contact after an upsert of what is given.
Contact After(Contact contact, Contact given) {
  NormalizePhones(given, FakePhones());
  const absl::Status status = Edit(contact, Additions(contact, given), FakePhones());
  EXPECT_TRUE(status.ok()) << status;
  return contact;
}

TEST(AdditionsTest, WhatIsNotGivenStays) {
  const Contact before = Live();
  EXPECT_EQ(After(before, Contact()), before);
}

TEST(AdditionsTest, WhatIsThereAlreadyChangesNothing) {
  const Contact before = Live();
  EXPECT_EQ(After(before, PersonDraft()), before);
}

TEST(AdditionsTest, TextsAreReplacedOneByOne) {
  Contact given;
  given.body = Person{"", "Meier"};
  given.owner = "other";
  const Contact after = After(Live(), given);
  EXPECT_EQ(*after.person(), (Person{"Anna", "Meier"}));
  EXPECT_EQ(after.display_name, "Anna Meier") << "derived";
  EXPECT_EQ(after.owner, "other");
  EXPECT_EQ(after.external_id, "x-1");
}

TEST(AdditionsTest, AddressesAreAddedByTheirNormalForm) {
  Contact given;
  given.emails = {{"ANNA@example.com", "", "private", false}, {"new@example.com", "", "", true}};
  const Contact after = After(Live(), given);
  ASSERT_EQ(after.emails.size(), 3U);
  EXPECT_EQ(after.emails[0].address, "Anna@Example.com") << "as it was typed first";
  EXPECT_EQ(after.emails[0].label, "private");
  EXPECT_FALSE(after.emails[0].primary);
  EXPECT_EQ(after.emails[2].normalized, "new@example.com");
  EXPECT_TRUE(after.emails[2].primary);
}

TEST(AdditionsTest, AnAddedAddressIsNotThePrimaryOneUnlessItSaysSo) {
  Contact given;
  given.emails = {{"new@example.com", "", "", false}};
  const Contact after = After(Live(), given);
  EXPECT_TRUE(after.emails[0].primary);
  EXPECT_FALSE(after.emails[2].primary);
}

TEST(AdditionsTest, NumbersAreAddedUnlessTheyAreThere) {
  Contact given;
  given.phones = {{"0446681800", "", "home"}, {"0440000000", "", ""}, {"none", "", ""}};
  const Contact after = After(Live(), given);
  ASSERT_EQ(after.phones.size(), 3U);
  EXPECT_EQ(after.phones[0].label, "home");
  EXPECT_EQ(after.phones[2].number, "0440000000");
}

TEST(AdditionsTest, AnEmploymentInTheSameOrganizationIsCompleted) {
  Contact given;
  given.employments = {{kOrganization, "", "Purchasing"}};
  const Contact after = After(Live(), given);
  ASSERT_EQ(after.employments.size(), 1U);
  EXPECT_EQ(after.employments[0].job_title, "Buyer");
  EXPECT_EQ(after.employments[0].department, "Purchasing");
  EXPECT_TRUE(after.employments[0].primary);
}

TEST(AdditionsTest, AnEmploymentElsewhereIsAdded) {
  Contact given;
  given.employments = {{base::Uuid(1, 3), "Head"}};
  given.employments[0].primary = true;
  const Contact after = After(Live(), given);
  ASSERT_EQ(after.employments.size(), 2U);
  EXPECT_FALSE(after.employments[0].primary);
  EXPECT_TRUE(after.employments[1].primary);
}

TEST(AdditionsTest, AttributesAreSetKeyByKey) {
  Contact before = Live();
  before.attributes = {{"a", "1"}, {"b", "2"}};
  Contact given;
  given.attributes = {{"b", "3"}, {"c", "4"}};
  const std::map<std::string, std::string> all = {{"a", "1"}, {"b", "3"}, {"c", "4"}};
  EXPECT_EQ(After(before, given).attributes, all);
}

TEST(AdditionsTest, AnotherKindIsLeftForTheEditToRefuse) {
  Contact given;
  given.body = Organization();
  std::get<Organization>(given.body).domain = "acme.example";
  Contact contact = Live();
  EXPECT_EQ(error::ReasonOf(Edit(contact, Additions(contact, given), FakePhones())),
            error::kFieldInvalid);
}

TEST(CheckSameTest, OneWithAnotherExternalIdIsAnotherContact) {
  Contact given;
  EXPECT_TRUE(CheckSame(Live(), given, KeyKind::kEmail).ok());
  given.external_id = "x-1";
  EXPECT_TRUE(CheckSame(Live(), given, KeyKind::kEmail).ok());
  given.external_id = "x-2";
  EXPECT_EQ(error::ReasonOf(CheckSame(Live(), given, KeyKind::kEmail)), kDuplicateContact);
  EXPECT_TRUE(CheckSame(Live(), given, KeyKind::kExternalId).ok()) << "of one that was merged";
  EXPECT_EQ(After(Live(), given).external_id, "x-1");
}

// In the order of the rules.
TEST(PlanUpsertsTest, IsFoundByExternalIdThenAddressThenDomain) {
  const KeyHolders holders = {
      {Id("1"), kAnna}, {Mail("b@x.example"), kBen}, {Domain("x.example"), kAnna}};
  EXPECT_THAT(PlanUpserts({{{Mail("b@x.example"), Id("1")},
                            {Mail("a@x.example"), Mail("b@x.example"), Id("2")},
                            {Domain("x.example"), Id("3")},
                            {Mail("c@x.example")}}},
                          holders),
              ElementsAre(Step{Kind::kChange, kAnna, KeyKind::kExternalId}, Step{Kind::kWait},
                          Step{Kind::kChange, kAnna, KeyKind::kDomain}, Step{Kind::kCreate}))
      << "the second may be the first by then";
}

TEST(PlanUpsertsTest, ChangesOfOneContactFollowEachOther) {
  const KeyHolders holders = {{Id("1"), kAnna}, {Mail("a@x.example"), kAnna}};
  EXPECT_THAT(
      PlanUpserts({{{Id("1")}, {Mail("a@x.example")}, {Id("1"), Mail("a@x.example")}}}, holders),
      ElementsAre(Step{Kind::kChange, kAnna, KeyKind::kExternalId},
                  Step{Kind::kChange, kAnna, KeyKind::kEmail},
                  Step{Kind::kChange, kAnna, KeyKind::kExternalId}));
}

TEST(PlanUpsertsTest, WhatMayBeMadeByAnEarlierOneWaits) {
  EXPECT_THAT(PlanUpserts({{{Id("1"), Mail("a@x.example")}, {Mail("a@x.example")}, {Id("2")}}}, {}),
              ElementsAre(Step{Kind::kCreate}, Step{Kind::kWait}, Step{Kind::kCreate}));
}

TEST(PlanUpsertsTest, NothingOvertakesOneThatWaits) {
  const KeyHolders holders = {{Id("1"), kAnna}};
  EXPECT_THAT(PlanUpserts({{{Mail("new@x.example")},
                            {Id("1"), Mail("new@x.example")},
                            {Id("1")},
                            {Mail("new@x.example"), Id("2")},
                            {Id("2")}}},
                          holders),
              ElementsAre(Step{Kind::kCreate}, Step{Kind::kWait}, Step{Kind::kWait},
                          Step{Kind::kWait}, Step{Kind::kWait}));
}

}  // namespace
}  // namespace crm::contact::testing
