// Where persons work, as rows have it: those of before, and the table that lists go by.

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/contact/domain/contact_edit.h"
#include "tests/contract/contact/store_fixture.h"
#include "tests/unit/contact/fake_phones.h"

namespace crm::contact::testing {
namespace {

class Employments : public StoreTest {
 protected:
  Employments() {
    for (const uint64_t n : {1, 2}) {
      Creation organization = NewOrganization(n);
      Create(organization);
    }
  }
  void Add(uint64_t id, std::vector<Employment> employments) {
    Contact draft = NewPerson(id).aggregate;
    draft.employments = std::move(employments);
    Creation creation = Opened(draft);
    Create(creation);
    EXPECT_TRUE(creation.outcome.ok()) << creation.outcome.status();
  }
  void Set(uint64_t id, std::vector<Employment> employments) {
    Change change = By(id, [&](Contact& contact) {
      ContactEdit edit;
      edit.employments = employments;
      return Edit(contact, edit, FakePhones());
    });
    Update(change);
    EXPECT_TRUE(change.outcome.ok()) << change.outcome.status();
  }
  // "1:3,2:3": the organizations with their people.
  std::string Links() {
    return Sql(
        "SELECT string_agg(right(organization::text, 1) || ':' || right(contact::text, 1), ',' "
        "ORDER BY organization, contact) FROM contact_employment");
  }
  static std::string Quoted(uint64_t id) { return absl::StrCat("'", Id(id).ToString(), "'"); }
};

TEST_F(Employments, TheTableHasEachOrganizationOnceForAsLongAsThePersonNamesIt) {
  const absl::CivilDay day(2026, 1, 1);
  Add(3, {{Id(1), "Buyer", "", {}, day}, {Id(1), "Head of sales"}});
  Add(4, {{Id(2)}});
  EXPECT_EQ(Links(), "1:3,2:4");
  Set(3, {{Id(1), "Head of sales"}, {Id(2), "Advisor", "", {}, day}});
  EXPECT_EQ(Links(), "1:3,2:3,2:4");
  Set(4, {});
  EXPECT_EQ(Links(), "1:3,2:3");
  Change deleting = By(3, [this](Contact& contact) { return Delete(contact, clock_.Now()); });
  Update(deleting);
  EXPECT_EQ(Links(), "1:3,2:3") << "lists can show the deleted";
}

TEST_F(Employments, ARowOfBeforeHasItsOnlyOneAsPrimary) {
  Add(3, {});
  // What a program of before writes into the schema of today.
  const std::string where = absl::StrCat(" WHERE id = ", Quoted(3));
  Sql(absl::StrCat("UPDATE contact SET employments = NULL", where));
  Sql(absl::StrCat("UPDATE contact SET organization = ", Quoted(1), ", job_title = 'Buyer'",
                   where));
  EXPECT_EQ(Links(), "1:3");
  Employment only{Id(1), "Buyer"};
  only.primary = true;
  EXPECT_EQ(Stored(3)->employments, std::vector{only});
  Sql(absl::StrCat("UPDATE contact SET organization = ", Quoted(2), where));
  EXPECT_EQ(Links(), "2:3");
  Sql(absl::StrCat("UPDATE contact SET display_name = 'P', organization = organization", where));
  EXPECT_EQ(Links(), "2:3");

  Set(3, {{Id(1)}, {Id(2), "Chair"}});
  EXPECT_EQ(Links(), "1:3,2:3");
  EXPECT_EQ(
      Sql(absl::StrCat("SELECT organization = ", Quoted(1), ", job_title FROM contact", where)),
      "t|");
  Set(3, {});
  EXPECT_EQ(Links(), "");
  EXPECT_EQ(Stored(3)->employments, std::vector<Employment>());
}

TEST_F(Employments, ARowOfBeforeThatIsInsertedIsFoundToo) {
  Sql(absl::StrCat(
      "INSERT INTO contact (tenant, id, revision, create_time, update_time, kind, display_name, "
      "given_name, family_name, organization, job_title, domain, industry, location, emails, "
      "phones, owner, external_id, stage, stage_version, stage_time) VALUES ('acme', ",
      Quoted(5), ", 1, now(), now(), 'PERSON', 'Old', '', '', ", Quoted(1),
      ", '', '', '', '', '[]', '[]', '', '', 'CONTACT', 1, now())"));
  EXPECT_EQ(Links(), "1:5");
  ASSERT_EQ(Stored(5)->employments.size(), 1u);
  EXPECT_EQ(Stored(5)->employments[0].organization, Id(1));
}

}  // namespace
}  // namespace crm::contact::testing
