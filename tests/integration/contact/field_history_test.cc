// ListRevisions of contacts, and contacts as they were.

#include "tests/support/field_history.h"

#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using ::crm::testing::ChangesIn;
using ::testing::ElementsAre;
using ::testing::SizeIs;

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
  auto& employment = *it.add_employments();
  employment.set_organization(acme.name());
  employment.set_job_title("Head of \"x\"");
  employment.mutable_since()->set_year(2024);
  employment.mutable_since()->set_month(2);
  employment.mutable_since()->set_day(29);
  answered.push_back(Update(it, "employments"));
  it.mutable_person()->set_family_name("Meier");
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
  ASSERT_EQ(page->revisions_size(), 7);
  EXPECT_EQ(page->revisions(0).method(), "CreateContact");
  EXPECT_EQ(page->revisions(1).changes_size(), 1);
  EXPECT_EQ(page->revisions(1).changes(0).field(), "employments");
  EXPECT_EQ(page->revisions(1)
                .changes(0)
                .to()
                .list_value()
                .values(0)
                .struct_value()
                .fields()
                .at("organization")
                .string_value(),
            acme.name());
  EXPECT_THAT(ChangesIn(page->revisions(2)), SizeIs(2)) << "person and display name";
  EXPECT_EQ(page->revisions(5).method(), "DeleteContact");
  EXPECT_EQ(page->revisions(6).changes(0).field(), "delete_time");
  EXPECT_TRUE(page->revisions(6).changes(0).to().has_null_value());
}

// Revisions of the time when a person had one organization and one job title.
TEST_F(ContactHistory, TellsPersonsOfBeforeEmployments) {
  const v1::Contact acme = Create(OrganizationRequest());
  v1::Contact it = Create(PersonRequest());
  it.set_owner("somebody");
  it = Update(it, "owner");
  const std::string id = it.name().substr(sizeof("contacts/") - 1);
  const std::string changes =
      absl::StrCat(R"([["person",{"given_name":"Anne","organization":")",
                   acme.name().substr(sizeof("contacts/") - 1),
                   R"(","job_title":"Buyer"},{"given_name":"Anna","family_name":"Snelling"}]])");
  Service().Sql(absl::StrCat(
      "UPDATE contact SET revision = 3 WHERE id = '", id,
      "'; INSERT INTO revision (tenant, id, revision, record_time, previous_time, actor, method, "
      "changes) SELECT tenant, id, 3, record_time, record_time, 'a', 'UpdateContact', '",
      changes, "' FROM revision WHERE revision = 2 AND id = '", id, "'"));
  v1::GetContactRequest request;
  request.set_name(it.name());
  request.set_as_of_revision(2);
  const auto before = Ask(request);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->person().given_name(), "Anne");
  EXPECT_EQ(before->person().family_name(), "");
  ASSERT_EQ(before->employments_size(), 1);
  EXPECT_EQ(before->employments(0).organization(), acme.name());
  EXPECT_EQ(before->employments(0).job_title(), "Buyer");
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
