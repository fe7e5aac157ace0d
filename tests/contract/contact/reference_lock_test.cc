// An organization cannot be deleted while somebody is made to belong to it, and nobody waits for
// that but the deletion.

#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "services/contact/domain/contact_edit.h"
#include "services/contact/store/statements.h"
#include "tests/contract/contact/store_fixture.h"
#include "tests/support/await.h"
#include "tests/unit/contact/fake_phones.h"

namespace crm::contact::testing {
namespace {

using ::crm::testing::Await;

class ReferenceLocks : public StoreTest {
 protected:
  ReferenceLocks() {
    Creation organization = NewOrganization(1);
    Create(organization);
    EXPECT_TRUE(organization.outcome.ok()) << organization.outcome.status();
  }

  Change Deleting(uint64_t id) {
    return By(id, [this](Contact& contact) { return Delete(contact, clock_.Now()); });
  }
  Creation PersonOf(uint64_t id, uint64_t organization) {
    Contact draft = NewPerson(id).aggregate;
    draft.employments = {{Id(organization)}};
    return Opened(draft);
  }
  bool SomebodyWaits() { return Sql("SELECT count(*) FROM pg_locks WHERE NOT granted") != "0"; }
  // Runs `meanwhile` in a transaction that has done `statement` of organization 1 and is open.
  template <class Meanwhile>
  absl::Status During(const pg::Statement& statement, const Meanwhile& meanwhile) {
    return pg::RunInTransaction(
        *pool_, pg::Tenants("acme"), absl::Now() + kPatience, [&](pg::Transaction& transaction) {
          pg::Columns organization;
          organization.Add(std::string("acme"), Id(1));
          const auto rows = transaction.Query(statement, organization.ToParams());
          if (rows.ok()) meanwhile();
          return rows.status();
        });
  }
};

TEST_F(ReferenceLocks, ADeletionWaitsForThoseWhoRefer) {
  Change deletion = Deleting(1);
  std::thread deleter;
  const absl::Status status = During(kRequireOrganizations, [&] {
    deleter = std::thread([&] { Update(deletion); });
    EXPECT_TRUE(Await(kPatience, [&] { return SomebodyWaits(); }));
    EXPECT_FALSE(Stored(1)->deleted());
  });
  deleter.join();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(deletion.outcome.ok()) << deletion.outcome.status();
  EXPECT_TRUE(Stored(1)->deleted());
}

TEST_F(ReferenceLocks, WhoRefersWaitsForADeletionAndIsRefused) {
  constexpr pg::Statement kDelete = {
      "test_delete",
      "UPDATE contact SET delete_time = now() FROM unnest($1::text[], $2::uuid[]) AS k (t, i) "
      "WHERE tenant = k.t AND id = k.i AND EXISTS (SELECT FROM contact c WHERE c.tenant = k.t AND "
      "c.id = k.i FOR UPDATE)"};
  Creation person = PersonOf(2, 1);
  std::thread maker;
  const absl::Status status = During(kDelete, [&] {
    maker = std::thread([&] { Create(person); });
    EXPECT_TRUE(Await(kPatience, [&] { return SomebodyWaits(); }));
  });
  maker.join();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(ReasonOf(person.outcome.status()), "REFERENCE_NOT_FOUND");
  EXPECT_EQ(Stored(2), std::nullopt);
}

TEST_F(ReferenceLocks, EditsOfTheOrganizationDoNotWait) {
  const absl::Status status = During(kRequireOrganizations, [&] {
    Change edit = By(1, [](Contact& contact) {
      ContactEdit edit;
      edit.owner = "another";
      return Edit(contact, edit, FakePhones());
    });
    Update(edit);
    EXPECT_TRUE(edit.outcome.ok()) << edit.outcome.status();
    Creation person = PersonOf(2, 1);
    Create(person);
    EXPECT_TRUE(person.outcome.ok()) << person.outcome.status();
  });
  EXPECT_TRUE(status.ok()) << status;
}

// Persons come and go in two organizations that are deleted and undeleted all the time: nobody is
// ever made in one that was deleted before, and nobody waits for ever.
TEST_F(ReferenceLocks, NobodyIsMadeInADeletedOrganization) {
  Creation other = NewOrganization(2);
  Create(other);
  std::thread deleter([this] {
    for (int i = 0; i < 30; ++i) {
      Change first = Deleting(1);
      Change second = Deleting(2);
      Update(first, second);
      EXPECT_TRUE(first.outcome.ok() && second.outcome.ok()) << first.outcome.status();
      Change back = By(1, [](Contact& contact) { return Undelete(contact); });
      Change also = By(2, [](Contact& contact) { return Undelete(contact); });
      Update(back, also);
      EXPECT_TRUE(back.outcome.ok() && also.outcome.ok()) << back.outcome.status();
    }
  });
  for (uint64_t i = 0; i < 60; ++i) {
    Creation first = PersonOf(100 + 2 * i, 2);
    Creation second = PersonOf(101 + 2 * i, 1);
    Create(first, second);
    for (const Creation* person : {&first, &second}) {
      EXPECT_TRUE(person->outcome.ok() ||
                  ReasonOf(person->outcome.status()) == "REFERENCE_NOT_FOUND")
          << person->outcome.status();
    }
  }
  deleter.join();
}

}  // namespace
}  // namespace crm::contact::testing
