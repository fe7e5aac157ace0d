// Requests whose fields do not fit each other or the rules of one method; what holds for all
// methods is in bad_input_test.cc.

#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;

class Malformed : public ContactServiceTest {
 protected:
  template <class Req, class Resp>
  std::vector<std::string> Refused(grpc::Status (Stub::*method)(grpc::ClientContext*, const Req&,
                                                                Resp*),
                                   const Req& request) {
    const auto result = Call(method, request);
    EXPECT_EQ(Outcome(result), "INVALID_ARGUMENT FIELD_INVALID") << request.ShortDebugString();
    return Fields(result);
  }
};

TEST_F(Malformed, CreateNamesEverythingThatIsMissing) {
  EXPECT_THAT(Refused(&Stub::CreateContact, v1::CreateContactRequest()), ElementsAre("contact"));
  v1::CreateContactRequest empty;
  empty.mutable_contact();
  EXPECT_THAT(Refused(&Stub::CreateContact, empty),
              ElementsAre("contact.display_name", "contact.kind"));
  v1::CreateContactRequest nameless;
  nameless.mutable_contact()->mutable_organization();
  EXPECT_THAT(Refused(&Stub::CreateContact, nameless), ElementsAre("contact.display_name"));
}

TEST_F(Malformed, CreateNamesEverythingThatIsWrong) {
  v1::CreateContactRequest request;
  request.set_contact_id("seven");
  request.set_request_id("eight");
  request.mutable_effective_time()->set_nanos(-1);
  v1::Contact& contact = *request.mutable_contact();
  contact.set_display_name(std::string(201, 'x'));
  contact.set_owner(std::string(129, 'x'));
  contact.set_external_id(std::string(129, 'x'));
  v1::Organization& organization = *contact.mutable_organization();
  organization.set_domain("not a domain");
  organization.set_industry(std::string(201, 'x'));
  organization.set_employee_count(-1);
  organization.mutable_annual_revenue()->set_currency_code("usd");
  organization.mutable_annual_revenue()->set_amount_minor(-1);
  organization.set_parent_organization("contacts/acme");
  organization.set_founded_year(0);
  organization.set_location(std::string(201, 'x'));
  contact.add_emails()->set_address("nobody");
  contact.add_phones()->set_label(std::string(51, 'x'));
  EXPECT_THAT(
      Refused(&Stub::CreateContact, request),
      ElementsAre("contact.display_name", "contact.emails[0].address", "contact.external_id",
                  "contact.organization.annual_revenue.amount_minor",
                  "contact.organization.annual_revenue.currency_code",
                  "contact.organization.domain", "contact.organization.employee_count",
                  "contact.organization.founded_year", "contact.organization.industry",
                  "contact.organization.location", "contact.organization.parent_organization",
                  "contact.owner", "contact.phones[0].label", "contact.phones[0].number",
                  "contact_id", "effective_time", "request_id"));
}

TEST_F(Malformed, AnEffectiveTimeInTheFutureIsRefused) {
  v1::CreateContactRequest request = PersonRequest();
  request.mutable_effective_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 3600);
  const auto result = Call(&Stub::CreateContact, request);
  EXPECT_EQ(Outcome(result), "INVALID_ARGUMENT EFFECTIVE_TIME_INVALID");
  EXPECT_THAT(Fields(result), ElementsAre("effective_time"));
}

TEST_F(Malformed, UpdateNamesEverythingThatIsWrong) {
  EXPECT_THAT(Refused(&Stub::UpdateContact, v1::UpdateContactRequest()), ElementsAre("contact"));
  v1::UpdateContactRequest request;
  request.set_request_id("x");
  request.mutable_contact()->set_name("contacts/");
  request.mutable_contact()->set_etag("not one");
  request.mutable_contact()->set_owner(std::string(129, 'x'));
  for (const char* path : {"stage", "colour", "person.given_name"}) {
    request.mutable_update_mask()->add_paths(path);
  }
  const auto fields = Refused(&Stub::UpdateContact, request);
  for (const char* field :
       {"contact.etag", "contact.name", "contact.owner", "request_id", "update_mask"}) {
    EXPECT_THAT(fields, ::testing::Contains(field));
  }
  v1::UpdateContactRequest below;
  below.mutable_contact()->set_name("contacts/" + NewUuid());
  below.mutable_update_mask()->add_paths("person.given_name");
  EXPECT_THAT(Refused(&Stub::UpdateContact, below), ElementsAre("update_mask"));
}

TEST_F(Malformed, NamesAndEtagsOfTheOthers) {
  v1::DeleteContactRequest deletion;
  deletion.set_etag("x");
  deletion.set_request_id("x");
  EXPECT_THAT(Refused(&Stub::DeleteContact, deletion), ElementsAre("etag", "name", "request_id"));
  v1::UndeleteContactRequest undeletion;
  undeletion.set_name("leads/" + NewUuid());
  EXPECT_THAT(Refused(&Stub::UndeleteContact, undeletion), ElementsAre("name"));
  v1::GetContactRequest get;
  get.set_name("contacts/" + NewUuid() + "/x");
  EXPECT_THAT(Refused(&Stub::GetContact, get), ElementsAre("name"));
  v1::ListContactsRequest list;
  list.set_page_size(-1);
  list.set_filter(std::string(1001, 'x'));
  EXPECT_THAT(Refused(&Stub::ListContacts, list), ElementsAre("filter", "page_size"));
}

}  // namespace
}  // namespace crm::contact::testing
