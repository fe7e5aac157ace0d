// Whom facts are about.

#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Finding : public ContactServiceTest {
 protected:
  struct Facts {
    std::string email = "";
    std::string phone = "";
    std::string domain = "";
    std::string name = "";
  };

  v1::FindContactsResponse Find(const Facts& facts) {
    v1::FindContactsRequest request;
    request.set_email(facts.email);
    request.set_phone(facts.phone);
    request.set_domain(facts.domain);
    request.set_display_name(facts.name);
    const auto response = Call(&Stub::FindContacts, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::FindContactsResponse();
  }
  std::vector<std::string> Names(const Facts& facts, v1::MatchRule rule) {
    const v1::FindContactsResponse response = Find(facts);
    EXPECT_EQ(response.rule(), rule) << response.DebugString();
    std::vector<std::string> names;
    for (const auto& contact : response.contacts()) names.push_back(contact.name());
    return names;
  }
  v1::Contact Person(const std::string& email, const std::string& phone,
                     const std::string& name = "Anna Snelling",
                     const std::string& organization = "") {
    v1::CreateContactRequest request;
    request.mutable_contact()->set_display_name(name);
    request.mutable_contact()->mutable_person();
    if (!organization.empty()) {
      request.mutable_contact()->add_employments()->set_organization(organization);
    }
    if (!email.empty()) request.mutable_contact()->add_emails()->set_address(email);
    if (!phone.empty()) request.mutable_contact()->add_phones()->set_number(phone);
    return Create(request);
  }
};

TEST_F(Finding, EmailThenPhoneThenNameAndDomainThenDomain) {
  const v1::Contact acme = Create(OrganizationRequest("acme.example"));
  const v1::Contact anna =
      Person("Anna@Acme.example", "044 668 18 00", "Anna Snelling", acme.name());
  EXPECT_THAT(
      Names({"anna@ACME.example ", "+41 44 000 00 00", "other.example"}, v1::MATCH_RULE_EMAIL),
      ElementsAre(anna.name()));
  EXPECT_THAT(Names({"anna@home.example", "+41 44 668 18 00"}, v1::MATCH_RULE_PHONE),
              ElementsAre(anna.name()));
  EXPECT_THAT(Names({"anna@home.example", "044 668 18 01", "www.Acme.example", " anna SNELLING "},
                    v1::MATCH_RULE_NAME_AND_DOMAIN),
              ElementsAre(anna.name()));
  EXPECT_THAT(Names({"", "", "acme.example"}, v1::MATCH_RULE_DOMAIN), ElementsAre(acme.name()));
  EXPECT_THAT(Names({"", "", "acme.example", "Bert"}, v1::MATCH_RULE_UNSPECIFIED), IsEmpty());
}

TEST_F(Finding, TheFactsComeBackInTheirNormalForms) {
  const v1::Contact acme = Create(OrganizationRequest("acme.example"));
  const v1::FindContactsResponse response =
      Find({" Anna@Acme.example", "044 668 18 00", "WWW.acme.example.", "Anna"});
  EXPECT_EQ(response.normalized_email(), "anna@acme.example");
  EXPECT_EQ(response.e164(), "+41446681800");
  EXPECT_EQ(response.normalized_domain(), "acme.example");
  EXPECT_EQ(response.organization(), acme.name());
  EXPECT_EQ(Find({"", "not a number", "acme.example"}).e164(), "");
}

TEST_F(Finding, OfThoseWhoShareANumberTheNameDecides) {
  const v1::Contact anna = Person("", "044 668 18 00");
  const v1::Contact bert = Person("", "+41446681800", "Bert Lane");
  EXPECT_THAT(Names({"", "0041 44 668 18 00"}, v1::MATCH_RULE_PHONE),
              ElementsAre(anna.name(), bert.name()));
  EXPECT_THAT(Names({"", "0446681800", "", "bert lane"}, v1::MATCH_RULE_PHONE),
              ElementsAre(bert.name()));
  EXPECT_THAT(Names({"", "0446681800", "", "Carla"}, v1::MATCH_RULE_UNSPECIFIED), IsEmpty());
}

TEST_F(Finding, TheDeletedAndOtherTenantsContactsAreNotFound) {
  const v1::Contact anna = Person("anna@acme.example", "044 668 18 00");
  v1::FindContactsRequest request;
  request.set_email("anna@acme.example");
  request.set_phone("044 668 18 00");
  const auto foreign = Call(&Stub::FindContacts, request, "another");
  ASSERT_TRUE(foreign.ok()) << foreign.status();
  EXPECT_EQ(foreign->contacts_size(), 0);
  ASSERT_TRUE(Delete(anna.name()).ok());
  EXPECT_THAT(Names({"anna@acme.example", "044 668 18 00"}, v1::MATCH_RULE_UNSPECIFIED), IsEmpty());
}

TEST_F(Finding, AskingForNothingIsRefused) {
  v1::FindContactsRequest request;
  request.set_display_name("Anna");
  EXPECT_EQ(Outcome(Call(&Stub::FindContacts, request)), "INVALID_ARGUMENT FIELD_INVALID");
  request.set_domain("no domain");
  const auto refused = Call(&Stub::FindContacts, request);
  EXPECT_THAT(Fields(refused.status()), ElementsAre("domain"));
}

}  // namespace
}  // namespace crm::contact::testing
