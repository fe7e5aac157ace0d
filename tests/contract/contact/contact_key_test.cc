// What no two live contacts of a tenant may share.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/contact/domain/contact_edit.h"
#include "tests/contract/contact/store_fixture.h"
#include "tests/unit/contact/fake_phones.h"

namespace crm::contact::testing {
namespace {

class ContactKeys : public StoreTest {
 protected:
  absl::Status EditEmail(Contact& contact, const std::string& email) {
    ContactEdit edit;
    edit.emails = std::vector<Email>{{email, "", "", false}};
    return Edit(contact, edit, FakePhones());
  }
  Change Deleting(uint64_t id) {
    return By(id, [this](Contact& contact) { return Delete(contact, clock_.Now()); });
  }
  Change Undeleting(uint64_t id) {
    return By(id, [](Contact& contact) { return Undelete(contact); });
  }
};

TEST_F(ContactKeys, ASecondContactWithTheSameEmailIsRefused) {
  Creation first = NewPerson(1, "Anna@Example.com");
  Create(first);
  Creation second = NewPerson(2, " anna@example.COM ");
  Creation other = NewPerson(3, "bob@example.com");
  Create(second, other);
  EXPECT_EQ(second.outcome.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReasonOf(second.outcome.status()), "DUPLICATE_CONTACT");
  EXPECT_EQ(Metadata(second.outcome.status(), "rule"), "email");
  EXPECT_EQ(Metadata(second.outcome.status(), "contacts"), ContactName(Id(1)));
  EXPECT_TRUE(other.outcome.ok()) << "its neighbour in the batch is not touched";
  EXPECT_EQ(Stored(2), std::nullopt);
}

TEST_F(ContactKeys, OfTwoDuplicatesInOneBatchTheSecondIsRefused) {
  Creation first = NewPerson(1, "anna@example.com");
  Creation second = NewPerson(2, "anna@example.com");
  Creation acme = NewOrganization(3, "www.acme.example");
  Creation acme_again = NewOrganization(4, "ACME.example");
  Create(first, second, acme, acme_again);
  EXPECT_TRUE(first.outcome.ok()) << first.outcome.status();
  EXPECT_EQ(ReasonOf(second.outcome.status()), "DUPLICATE_CONTACT");
  EXPECT_TRUE(acme.outcome.ok());
  EXPECT_EQ(Metadata(acme_again.outcome.status(), "rule"), "domain");
  EXPECT_EQ(Metadata(acme_again.outcome.status(), "contacts"), ContactName(Id(3)));
}

TEST_F(ContactKeys, ExternalIdsAndIdsAreTakenOnce) {
  Creation first = NewPerson(1);
  Contact draft = NewPerson(2).aggregate;
  draft.external_id = "x-1";
  Creation named = Opened(draft);
  Create(first, named);
  draft.id = Id(3);
  Creation again = Opened(draft);
  Creation same_id = NewPerson(1);
  Create(again, same_id);
  EXPECT_EQ(ReasonOf(again.outcome.status()), "DUPLICATE_ID");
  EXPECT_EQ(Metadata(again.outcome.status(), "field"), "external_id");
  EXPECT_EQ(Metadata(again.outcome.status(), "existing"), ContactName(Id(2)));
  EXPECT_EQ(ReasonOf(same_id.outcome.status()), "DUPLICATE_ID");
  EXPECT_EQ(Metadata(same_id.outcome.status(), "field"), "contact_id");
}

TEST_F(ContactKeys, TenantsDoNotSeeEachOther) {
  Creation here = NewPerson(1, "anna@example.com");
  Create(here);
  Contact draft = NewPerson(1, "anna@example.com").aggregate;
  draft.tenant = "other";
  Creation there = Opened(draft);
  Create(there);
  EXPECT_TRUE(there.outcome.ok()) << there.outcome.status();
  EXPECT_EQ(Stored(2, "other"), std::nullopt);
}

TEST_F(ContactKeys, ADeletedContactBlocksNothing) {
  Creation first = NewPerson(1, "anna@example.com");
  Create(first);
  Change deletion = Deleting(1);
  Update(deletion);
  ASSERT_TRUE(deletion.outcome.ok()) << deletion.outcome.status();
  EXPECT_TRUE(Stored(1)->deleted()) << "still there to be read";
  Creation second = NewPerson(2, "anna@example.com");
  Create(second);
  EXPECT_TRUE(second.outcome.ok()) << second.outcome.status();

  Change undeletion = Undeleting(1);
  Update(undeletion);
  EXPECT_EQ(ReasonOf(undeletion.outcome.status()), "DUPLICATE_CONTACT");
  EXPECT_EQ(Metadata(undeletion.outcome.status(), "contacts"), ContactName(Id(2)));
  EXPECT_TRUE(Stored(1)->deleted());

  Change other = Deleting(2);
  Change again = Undeleting(1);
  Update(other, again);
  EXPECT_TRUE(again.outcome.ok()) << again.outcome.status();
  EXPECT_EQ(Sql("SELECT kind, value, contact FROM contact_key"),
            "email|anna@example.com|" + Id(1).ToString());
}

TEST_F(ContactKeys, AnEmailGivenUpMayBeTakenInTheSameBatch) {
  Creation first = NewPerson(1, "a@example.com");
  Creation second = NewPerson(2, "b@example.com");
  Create(first, second);
  Change swap_first =
      By(1, [this](Contact& contact) { return EditEmail(contact, "b@example.com"); });
  Change swap_second =
      By(2, [this](Contact& contact) { return EditEmail(contact, "a@example.com"); });
  Update(swap_first, swap_second);
  EXPECT_TRUE(swap_first.outcome.ok()) << swap_first.outcome.status();
  EXPECT_TRUE(swap_second.outcome.ok()) << swap_second.outcome.status();
  EXPECT_EQ(Sql("SELECT value, contact FROM contact_key ORDER BY value"),
            "a@example.com|" + Id(2).ToString() + "\nb@example.com|" + Id(1).ToString());
}

TEST_F(ContactKeys, AnEditThatTakesAnothersEmailFailsAlone) {
  Creation first = NewPerson(1, "a@example.com");
  Creation second = NewPerson(2, "b@example.com");
  Create(first, second);
  Change taken = By(2, [this](Contact& contact) { return EditEmail(contact, "a@example.com"); });
  Change fine = By(1, [](Contact& contact) {
    ContactEdit edit;
    edit.owner = "somebody";
    return Edit(contact, edit, FakePhones());
  });
  Update(taken, fine);
  EXPECT_EQ(ReasonOf(taken.outcome.status()), "DUPLICATE_CONTACT");
  EXPECT_TRUE(fine.outcome.ok()) << fine.outcome.status();
  EXPECT_EQ(Stored(2)->emails[0].normalized, "b@example.com");
}

}  // namespace
}  // namespace crm::contact::testing
