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
  edit.person = Person{"Anna", "Meier"};
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

// What an earlier version accepted does not stand in the way of other edits.
TEST(EditTest, WhatIsNotNamedIsNotJudgedAnew) {
  Contact contact = Live();
  contact.emails[0] = {"Anna@localhost", "anna@localhost", "", true};
  contact.external_id = " x ";
  ContactEdit edit;
  edit.owner = "other";
  const Contact before = contact;
  ASSERT_TRUE(Edit(contact, edit, FakePhones()).ok());
  EXPECT_EQ(contact.emails, before.emails);
  EXPECT_EQ(contact.external_id, before.external_id);
  edit.emails = before.emails;
  EXPECT_EQ(error::ReasonOf(Edit(contact, edit, FakePhones())), error::kFieldInvalid);

  Contact organization = Live();
  organization.body = Organization();
  organization.employments.clear();
  std::get<Organization>(organization.body).domain = "localhost";
  organization.display_name = "Acme";
  edit = ContactEdit();
  edit.owner = "other";
  EXPECT_TRUE(Edit(organization, edit, FakePhones()).ok());
  edit.organization = *organization.organization();
  EXPECT_EQ(error::ReasonOf(Edit(organization, edit, FakePhones())), error::kFieldInvalid);
}

TEST(RenormalizeTest, GivesStoredContactsTheFormsOfToday) {
  Contact contact = Live();
  contact.emails = {{"JOSÉ@EXÄMPLE.COM", "josÉ@exÄmple.com", "", true},
                    {"josé@exämple.com", "josé@exämple.com", "", false},
                    {"Anna@localhost", "anna@localhost", "", false}};
  contact.phones = {{"none", "", ""}};
  Renormalize(contact, FakePhones());
  EXPECT_EQ(contact.emails[0].normalized, "josé@exämple.com");
  EXPECT_EQ(contact.emails[1].normalized, "josé@exämple.com");
  EXPECT_EQ(contact.emails[2].normalized, "anna@localhost") << "as the version had it that took it";
  EXPECT_EQ(contact.phones[0].parse_error, "is no number");
  const Contact once = contact;
  Renormalize(contact, FakePhones());
  EXPECT_EQ(contact, once);
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
