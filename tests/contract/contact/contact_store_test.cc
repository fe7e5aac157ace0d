// What the rows of contacts promise beyond the contract that all repositories keep.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/contact/domain/contact_edit.h"
#include "tests/contract/contact/store_fixture.h"
#include "tests/unit/contact/fake_phones.h"

namespace crm::contact::testing {
namespace {

class ContactStore : public StoreTest {
 protected:
  Change Deleting(uint64_t id) {
    return By(id, [this](Contact& contact) { return Delete(contact, clock_.Now()); });
  }
};

// As it reads back: without what was only collected for writing.
Contact Settled(Contact contact) {
  contact.stage_changes.clear();
  return contact;
}

Contact FullOrganization() {
  Contact draft;
  draft.tenant = "acme";
  draft.id = Id(1);
  draft.display_name = "Größe {a,b} \\ 'x'\nNULL";
  Organization organization;
  organization.domain = "acme.example";
  organization.industry = "steel, \"cold\"";
  organization.employee_count = 0;
  organization.annual_revenue = base::Money{"JPY", 9'007'199'254'740'993};
  organization.founded_year = 1887;
  organization.location = "Zürich";
  draft.body = organization;
  draft.emails = {{"A@b.ch", "", "work", false}, {"c@\"d\".ch", "", "", true}};
  draft.emails[1].address = "c@d.ch";
  draft.phones = {{"044", "", "\"desk\""}, {"ask", "", ""}};
  draft.owner = "agent-\"8\"";
  draft.external_id = "x,1";
  draft.attributes = {{"tier", "gold \"1\""}, {"empty", ""}};
  return draft;
}

TEST_F(ContactStore, EveryFieldReadsBackAsItWasWritten) {
  Creation organization = Opened(FullOrganization());
  Create(organization);
  ASSERT_TRUE(organization.outcome.ok()) << organization.outcome.status();
  EXPECT_EQ(Stored(1), Settled(organization.aggregate));

  Contact draft = FullOrganization();
  draft.id = Id(2);
  draft.body = Person{"Anna", "O'Neil"};
  draft.employments = {{Id(1), "Head of {x}", "R&D \"new\"", absl::CivilDay(2019, 2, 28),
                        absl::CivilDay(2020, 2, 29)},
                       {Id(1), "Chief of {x}", "", absl::CivilDay(2020, 3, 1)},
                       {Id(1)}};
  draft.emails = {{"anna@b.ch", "", "", false}};
  draft.external_id = "x,2";
  Creation person = Opened(draft);
  Creation bare = NewPerson(3);
  Create(person, bare);
  ASSERT_TRUE(person.outcome.ok()) << person.outcome.status();
  EXPECT_EQ(Stored(2), Settled(person.aggregate));
  EXPECT_EQ(Stored(3), Settled(bare.aggregate));
}

TEST_F(ContactStore, EveryChangeableFieldReadsBackAsItWasChanged) {
  Creation creation = NewOrganization(1);
  Create(creation);
  Contact after;
  Change change = By(1, [&after](Contact& contact) {
    const Contact full = FullOrganization();
    ContactEdit edit;
    edit.display_name = full.display_name;
    edit.organization = *full.organization();
    edit.emails = full.emails;
    edit.phones = full.phones;
    edit.owner = full.owner;
    edit.external_id = full.external_id;
    edit.attributes = full.attributes;
    const absl::Status status = Edit(contact, edit, FakePhones());
    after = contact;
    return status;
  });
  clock_.Advance(absl::Seconds(1));
  Update(change);
  ASSERT_TRUE(change.outcome.ok()) << change.outcome.status();
  after.revision = 2;
  after.update_time = clock_.Now();
  EXPECT_EQ(Stored(1), Settled(after));
}

TEST_F(ContactStore, CreationWritesTheFirstMove) {
  Creation creation = NewPerson(1);
  Create(creation);
  EXPECT_EQ(Sql("SELECT tenant, kind, version, from_stage, to_stage, actor FROM stage_history"),
            "acme|contact|1||CONTACT|agent-7");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_in"), "1");
}

TEST_F(ContactStore, ReferencesMustBeLiveOrganizations) {
  const auto employee = [this](uint64_t id, uint64_t organization) {
    Contact draft = NewPerson(id).aggregate;
    draft.employments = {{Id(organization)}};
    return Opened(draft);
  };
  Creation organization = NewOrganization(1);
  Creation person = NewPerson(2);
  Creation together = employee(3, 1);
  Create(organization, person, together);
  EXPECT_TRUE(together.outcome.ok()) << "made in the same batch: " << together.outcome.status();

  Creation of_person = employee(4, 2);
  Creation of_nobody = employee(5, 99);
  Creation good = employee(6, 1);
  Create(of_person, of_nobody, good);
  EXPECT_EQ(ReasonOf(of_person.outcome.status()), "REFERENCE_NOT_FOUND");
  EXPECT_EQ(Metadata(of_person.outcome.status(), "field"), "contact.employments[0].organization");
  EXPECT_EQ(ReasonOf(of_nobody.outcome.status()), "REFERENCE_NOT_FOUND");
  EXPECT_TRUE(good.outcome.ok()) << good.outcome.status();

  Change deletion = Deleting(1);
  Update(deletion);
  Creation late = employee(7, 1);
  Create(late);
  EXPECT_EQ(ReasonOf(late.outcome.status()), "REFERENCE_NOT_FOUND");
  Change rename = By(6, [](Contact& contact) {
    ContactEdit edit;
    edit.display_name = "Still here";
    return Edit(contact, edit, FakePhones());
  });
  Update(rename);
  EXPECT_TRUE(rename.outcome.ok()) << "an old reference is not asked about again";
}

TEST_F(ContactStore, ARepeatedRequestGetsTheFirstAnswerAlsoIfItWouldBeADuplicateNow) {
  Creation first = NewPerson(1, "anna@example.com");
  first.request = idempotency::Request{Id(77), std::string(16, 'h')};
  Create(first);
  Creation again = NewPerson(2, "anna@example.com");
  again.request = first.request;
  Create(again);
  ASSERT_TRUE(again.outcome.ok()) << again.outcome.status();
  EXPECT_TRUE(again.outcome->replayed);
  EXPECT_EQ(again.outcome->bytes, first.outcome->bytes);
}

}  // namespace
}  // namespace crm::contact::testing
