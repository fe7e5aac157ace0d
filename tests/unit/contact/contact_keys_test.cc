#include "services/contact/domain/contact_keys.h"

#include "tests/unit/contact/contact_fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(KeysTest, AreEmailsDomainAndExternalId) {
  EXPECT_THAT(KeysOf(Live()), ElementsAre(ContactKey{KeyKind::kEmail, "a@home.example"},
                                          ContactKey{KeyKind::kEmail, "anna@example.com"},
                                          ContactKey{KeyKind::kExternalId, "x-1"}));
  Contact company;
  company.display_name = "Acme";
  company.body = Organization();
  std::get<Organization>(company.body).domain = "WWW.Acme.example";
  Normalize(company);
  EXPECT_THAT(KeysOf(company), ElementsAre(ContactKey{KeyKind::kDomain, "acme.example"}));
}

TEST(KeysTest, ADeletedContactHoldsNone) {
  Contact contact = Live();
  ASSERT_TRUE(Delete(contact, kToday).ok());
  EXPECT_THAT(KeysOf(contact), IsEmpty());
  EXPECT_EQ(KeysBeyond(Live(), &contact).size(), 3u);
}

TEST(KeysTest, AWriteExchangesOnlyThoseThatDiffer) {
  const Contact before = Live();
  Contact after = before;
  after.emails = {{"ANNA@example.com", "", "", false}, {"new@example.com", "", "", false}};
  Normalize(after);
  EXPECT_THAT(KeysBeyond(before, &after),
              ElementsAre(ContactKey{KeyKind::kEmail, "a@home.example"}));
  EXPECT_THAT(KeysBeyond(after, &before),
              ElementsAre(ContactKey{KeyKind::kEmail, "new@example.com"}));
  EXPECT_EQ(KeysBeyond(after, nullptr), KeysOf(after));
}

TEST(EmployersTest, AreEachOrganizationOnceAlsoOfADeletedPerson) {
  const base::Uuid other(1, 3);
  const Contact before = Live();
  Contact contact = before;
  contact.employments = {{other, "Chair"}, {kOrganization, "Buyer"}, {kOrganization, "Head"}};
  const std::vector<base::Uuid> all = {std::min(other, kOrganization),
                                       std::max(other, kOrganization)};
  EXPECT_EQ(EmployersOf(contact), all);
  EXPECT_THAT(EmployersBeyond(contact, &before), ElementsAre(other));
  EXPECT_THAT(EmployersBeyond(before, &contact), IsEmpty());
  EXPECT_EQ(EmployersBeyond(contact, nullptr), all);
  ASSERT_TRUE(Delete(contact, kToday).ok());
  EXPECT_EQ(EmployersOf(contact), all);
}

TEST(ReferencesTest, AreNewIfTheContactDidNotHaveThem) {
  const Contact before = Live();
  EXPECT_THAT(ReferencesBeyond(before, nullptr),
              ElementsAre(Reference{"employments[0].organization", kOrganization}));
  Contact after = before;
  after.employments = {{kOrganization, "Head of sales", "", {}, absl::CivilDay(2026, 1, 1)},
                       {kOrganization, "Head of sales"}};
  EXPECT_THAT(ReferencesBeyond(after, &before), IsEmpty());
  after.employments[0].organization = base::Uuid(1, 3);
  EXPECT_EQ(ReferencesBeyond(after, &before).size(), 1u);
}

}  // namespace
}  // namespace crm::contact::testing
