// ListRevisions of contacts, and contacts as they were.

#include "tests/support/field_history.h"

#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using ::crm::testing::ChangesIn;
using ::testing::ElementsAre;

class ContactHistory : public ContactServiceTest {
 protected:
  absl::StatusOr<v1::Contact> Ask(const v1::GetContactRequest& request) {
    const auto response = Call(&Stub::GetContact, request);
    if (!response.ok()) return response.status();
    return response->contact();
  }
  v1::Contact Update(const v1::Contact& to, const std::string& field) {
    v1::UpdateContactRequest request;
    *request.mutable_contact() = to;
    request.mutable_contact()->clear_etag();
    request.mutable_update_mask()->add_paths(field);
    const auto response = Call(&Stub::UpdateContact, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->contact() : v1::Contact();
  }
  void ExpectTold(const std::vector<v1::Contact>& answered) {
    v1::GetContactRequest request;
    request.set_name(answered[0].name());
    crm::testing::ExpectToldAsAnswered<v1::Contact>(
        answered,
        [&](int64_t revision) {
          request.set_as_of_revision(revision);
          return Ask(request);
        },
        [&](const google::protobuf::Timestamp& time) {
          *request.mutable_as_of_time() = time;
          return Ask(request);
        });
  }
};

TEST_F(ContactHistory, TellsAPersonAsItWasAnswered) {
  const v1::Contact acme = Create(OrganizationRequest());
  std::vector<v1::Contact> answered = {Create(PersonRequest("anna@example.com"))};
  v1::Contact it = answered[0];
  it.mutable_person()->set_organization(acme.name());
  it.mutable_person()->set_job_title("Head of \"x\"");
  answered.push_back(Update(it, "person"));
  it.add_phones()->set_number("044 668 18 00");
  answered.push_back(Update(it, "phones"));
  it.clear_emails();
  answered.push_back(Update(it, "emails"));
  answered.push_back(Delete(it.name())->contact());
  answered.push_back(Undelete(it.name())->contact());
  ExpectTold(answered);

  v1::ListRevisionsRequest request;
  request.set_name(it.name());
  const auto page = Call(&Stub::ListRevisions, request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->revisions_size(), 6);
  EXPECT_EQ(page->revisions(0).method(), "CreateContact");
  EXPECT_EQ(page->revisions(1).changes_size(), 1);
  EXPECT_EQ(
      page->revisions(1).changes(0).to().struct_value().fields().at("organization").string_value(),
      acme.name());
  EXPECT_EQ(page->revisions(4).method(), "DeleteContact");
  EXPECT_EQ(page->revisions(5).changes(0).field(), "delete_time");
  EXPECT_TRUE(page->revisions(5).changes(0).to().has_null_value());
}

TEST_F(ContactHistory, TellsAnOrganizationAsItWasAnswered) {
  std::vector<v1::Contact> answered = {Create(OrganizationRequest("acme.example"))};
  v1::Contact it = answered[0];
  it.mutable_organization()->set_employee_count(0);
  it.mutable_organization()->mutable_annual_revenue()->set_currency_code("JPY");
  it.mutable_organization()->mutable_annual_revenue()->set_amount_minor(7);
  answered.push_back(Update(it, "organization"));
  it.set_display_name("Acme & Co");
  answered.push_back(Update(it, "display_name"));
  ExpectTold(answered);
  v1::ListRevisionsRequest request;
  request.set_name(it.name());
  const auto page = Call(&Stub::ListRevisions, request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(ChangesIn(page->revisions(2)), ElementsAre("display_name: Acme > Acme & Co"));
}

}  // namespace
}  // namespace crm::contact::testing
