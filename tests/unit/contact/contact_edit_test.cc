#include "services/contact/domain/contact_edit.h"

#include "common/error/error.h"
#include "tests/unit/contact/contact_fixture.h"

namespace crm::contact::testing {
namespace {

TEST(EditTest, ChangesOnlyWhatIsGiven) {
  Contact contact = Live();
  const Contact before = contact;
  ContactEdit edit;
  edit.owner = "other";
  ASSERT_TRUE(Edit(contact, edit, FakePhones()).ok());
  EXPECT_EQ(contact.owner, "other");
  contact.owner = before.owner;
  EXPECT_EQ(contact, before);
}

TEST(EditTest, ADerivedNameFollowsThePerson) {
  Contact contact = Live();
  ContactEdit edit;
  edit.person = Person{"Anna", "Meier", kOrganization, ""};
  ASSERT_TRUE(Edit(contact, edit, FakePhones()).ok());
  EXPECT_EQ(contact.display_name, "Anna Meier");

  contact.display_name = "The boss";
  edit.person->given_name = "Anne";
  ASSERT_TRUE(Edit(contact, edit, FakePhones()).ok());
  EXPECT_EQ(contact.display_name, "The boss");
}

TEST(EditTest, TheKindIsFixed) {
  Contact contact = Live();
  ContactEdit edit;
  edit.organization = Organization();
  const absl::Status status = Edit(contact, edit, FakePhones());
  EXPECT_EQ(error::ReasonOf(status), error::kFieldInvalid);
  EXPECT_EQ(error::DetailsOf(status)->fields[0].field, "organization");
}

TEST(EditTest, ADeletedContactIsNotEdited) {
  Contact contact = Live();
  ASSERT_TRUE(Delete(contact, kToday).ok());
  const absl::Status status = Edit(contact, ContactEdit(), FakePhones());
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(error::ReasonOf(status), error::kStateInvalid);
}

}  // namespace
}  // namespace crm::contact::testing
