// Reading one, many, and page by page.

#include <set>

#include "services/contact/rpc/contact_filters.h"
#include "tests/integration/contact/fixture.h"
#include "tests/support/filter_cases.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Reading : public ContactServiceTest {
 protected:
  absl::StatusOr<v1::ListContactsResponse> List(const std::string& filter,
                                                bool show_deleted = false) {
    v1::ListContactsRequest request;
    request.set_filter(filter);
    request.set_show_deleted(show_deleted);
    return Call(&Stub::ListContacts, request);
  }
  std::vector<std::string> Names(const std::string& filter, bool show_deleted = false) {
    const auto response = List(filter, show_deleted);
    EXPECT_TRUE(response.ok()) << filter << response.status();
    std::vector<std::string> names;
    if (!response.ok()) return names;
    for (const auto& contact : response->contacts()) names.push_back(contact.name());
    return names;
  }
};

TEST_F(Reading, GetOfAnotherTenantIsNotFound) {
  const v1::Contact anna = Create(PersonRequest());
  v1::GetContactRequest request;
  request.set_name(anna.name());
  const auto foreign = Call(&Stub::GetContact, request, "another");
  EXPECT_EQ(Outcome(foreign), "NOT_FOUND RESOURCE_NOT_FOUND");
  EXPECT_EQ(Metadata(foreign.status(), "resource"), anna.name());
}

TEST_F(Reading, BatchGetKeepsTheOrderAndNamesTheMissing) {
  const v1::Contact first = Create(PersonRequest());
  const v1::Contact second = Create(OrganizationRequest());
  const std::string unknown = "contacts/" + NewUuid();
  v1::BatchGetContactsRequest request;
  for (const std::string& name : {second.name(), unknown, first.name()}) request.add_names(name);
  const auto response = Call(&Stub::BatchGetContacts, request);
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->contacts_size(), 2);
  EXPECT_EQ(response->contacts(0).name(), second.name());
  EXPECT_EQ(response->contacts(1).name(), first.name());
  EXPECT_THAT(response->missing_names(), ElementsAre(unknown));
  const auto foreign = Call(&Stub::BatchGetContacts, request, "another");
  EXPECT_EQ(foreign->missing_names_size(), 3);
}

TEST_F(Reading, BatchGetTakesAThousandNamesButNoneTwice) {
  v1::BatchGetContactsRequest request;
  for (int i = 0; i < 1000; ++i) request.add_names("contacts/" + NewUuid());
  const auto response = Call(&Stub::BatchGetContacts, request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->missing_names_size(), 1000);
  request.add_names("contacts/" + NewUuid());
  EXPECT_THAT(Fields(Call(&Stub::BatchGetContacts, request)), ElementsAre("names"));
  request.Clear();
  EXPECT_THAT(Fields(Call(&Stub::BatchGetContacts, request)), ElementsAre("names"));
  request.add_names("contacts/" + NewUuid());
  request.add_names(request.names(0));
  request.add_names("leads/" + NewUuid());
  EXPECT_THAT(Fields(Call(&Stub::BatchGetContacts, request)), ElementsAre("names[1]", "names[2]"));
}

TEST_F(Reading, FiltersByEachField) {
  v1::CreateContactRequest organization = OrganizationRequest("acme.example");
  organization.mutable_contact()->set_external_id("x-1");
  const v1::Contact acme = Create(organization);
  v1::CreateContactRequest person = PersonRequest("anna@example.com");
  person.mutable_contact()->set_owner("Anna Snelling");
  person.mutable_contact()->add_employments()->set_organization(acme.name());
  (*person.mutable_contact()->mutable_attributes())["tier"] = "gold";
  const v1::Contact anna = Create(person);
  const std::vector<std::string> both = {acme.name(), anna.name()};
  EXPECT_EQ(Names(""), both);
  const std::vector<crm::testing::FilterCase> cases = {
      {"stage =", "CONTACT", both},
      {"stage =", "CUSTOMER", {}},
      {"stage !=", "CUSTOMER", both},
      {"stage IN", "(CUSTOMER, LEAD)", {}},
      {"owner =", "\"Anna Snelling\"", {anna.name()}},
      {"owner !=", "\"Anna Snelling\"", {acme.name()}},
      {"owner IN", "(\"Anna Snelling\", ben)", {anna.name()}},
      {"kind =", "ORGANIZATION", {acme.name()}},
      {"kind !=", "ORGANIZATION", {anna.name()}},
      {"kind IN", "(ORGANIZATION, PERSON)", both},
      {"employments.organization =", acme.name(), {anna.name()}},
      {"attributes.tier =", "gold", {anna.name()}},
      {"attributes.tier !=", "gold", {acme.name()}},
      {"attributes.tier IN", "(gold, silver)", {anna.name()}},
      {"domain =", "WWW.Acme.Example", {acme.name()}},
      {"email =", "ANNA@example.com AND kind = PERSON", {anna.name()}},
      {"external_id =", "x-1", {acme.name()}},
      {"create_time >=", "2020-01-01T00:00:00Z AND create_time <= 2021-01-01T00:00:00Z", {}},
      {"create_time >=", "2020-01-01T00:00:00Z", both},
      {"create_time >", "2020-01-01", both},
      {"create_time <", "2020-01-01", {}},
      {"create_time <=", "2999-01-01T00:00:00Z", both}};
  crm::testing::ExpectEveryTermFinds(ContactFields(), cases,
                                     [this](const std::string& filter) { return Names(filter); });
}

TEST_F(Reading, WrongFiltersAreNamed) {
  for (const char* filter : {"colour = red", "stage = RICH", "owner > x",
                             "employments.organization = acme", "stage ="}) {
    const auto response = List(filter);
    EXPECT_EQ(Outcome(response), "INVALID_ARGUMENT FILTER_INVALID") << filter;
  }
  v1::ListContactsRequest request;
  request.set_order_by("owner");
  EXPECT_EQ(Outcome(Call(&Stub::ListContacts, request)), "INVALID_ARGUMENT FILTER_INVALID");
}

TEST_F(Reading, DeletedContactsAreListedOnRequestOnly) {
  const v1::Contact anna = Create(PersonRequest("anna@example.com"));
  ASSERT_TRUE(Delete(anna.name()).ok());
  EXPECT_THAT(Names(""), IsEmpty());
  EXPECT_THAT(Names("", true), ElementsAre(anna.name()));
}

TEST_F(Reading, DeletedContactsAreFoundByEveryFilter) {
  v1::CreateContactRequest request = OrganizationRequest("gone.example");
  request.mutable_contact()->add_emails()->set_address("Info@gone.example");
  request.mutable_contact()->add_emails()->set_address("\"a,b\"@gone.example");
  request.mutable_contact()->set_external_id("x-1");
  request.mutable_contact()->set_owner("ben");
  const v1::Contact gone = Create(request);
  ASSERT_TRUE(Delete(gone.name()).ok());
  const v1::Contact live = Create(request);
  Create(OrganizationRequest("other.example"));
  for (const char* filter :
       {"domain = https://WWW.Gone.Example/", "email = INFO@gone.example", "external_id = x-1",
        R"(email = "\"a,b\"@gone.example")", "owner = ben",
        "external_id = x-1 AND email = info@gone.example AND domain = gone.example"}) {
    EXPECT_THAT(Names(filter), ElementsAre(live.name())) << filter;
    EXPECT_THAT(Names(filter, true), ElementsAre(gone.name(), live.name())) << filter;
  }
  EXPECT_THAT(Names("external_id = x-2", true), IsEmpty());
}

// Clients with gRPC's default limit read any page of any list.
TEST_F(Reading, PagesEndBySize) {
  v1::CreateContactRequest request = PersonRequest();
  std::string marks;
  for (int i = 0; i < 200; ++i) marks += "\U00010348";
  v1::Contact& draft = *request.mutable_contact();
  for (std::string* text :
       {draft.mutable_display_name(), draft.mutable_person()->mutable_given_name(),
        draft.mutable_person()->mutable_family_name()}) {
    *text = marks;
  }
  for (int i = 0; i < 20; ++i) {
    const std::string host(60, static_cast<char>('a' + i));
    auto& email = *draft.add_emails();
    email.set_address(absl::StrCat("a@", host, ".", host, ".", host, ".example"));
    email.set_label(marks.substr(0, 200));
    draft.add_phones()->set_label(marks.substr(0, 200));
    draft.mutable_phones(i)->set_number(marks.substr(0, 200));
  }
  v1::UpdateContactRequest update;
  *update.mutable_contact() = Create(request);
  update.mutable_contact()->clear_etag();
  update.mutable_update_mask()->add_paths("emails");
  update.mutable_update_mask()->add_paths("phones");
  constexpr int kEdits = 160;
  for (int i = 0; i < kEdits; ++i) {
    for (auto& email : *update.mutable_contact()->mutable_emails()) {
      email.set_label(absl::StrCat(i, marks.substr(0, 160)));
    }
    for (auto& phone : *update.mutable_contact()->mutable_phones()) {
      phone.set_label(absl::StrCat(i, marks.substr(0, 160)));
    }
    ASSERT_TRUE(Call(&Stub::UpdateContact, update).ok());
  }
  v1::ListRevisionsRequest list;
  list.set_name(update.contact().name());
  list.set_page_size(1000);
  int pages = 0;
  int64_t last = 0;
  do {
    const auto page = Call(&Stub::ListRevisions, list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& revision : page->revisions()) EXPECT_EQ(revision.revision(), ++last);
    EXPECT_LT(page->ByteSizeLong(), 4u << 20);
    list.set_page_token(page->next_page_token());
    ++pages;
  } while (!list.page_token().empty());
  EXPECT_EQ(last, kEdits + 1);
  EXPECT_GT(pages, 1);
}

TEST_F(Reading, PagesHoldEveryContactOnce) {
  std::set<std::string> made;
  for (int i = 0; i < 25; ++i) made.insert(Create(PersonRequest()).name());
  for (const char* order : {"", "create_time desc"}) {
    v1::ListContactsRequest request;
    request.set_page_size(7);
    request.set_order_by(order);
    std::set<std::string> seen;
    int pages = 0;
    do {
      const auto response = Call(&Stub::ListContacts, request);
      ASSERT_TRUE(response.ok()) << response.status();
      for (const auto& contact : response->contacts()) {
        EXPECT_TRUE(seen.insert(contact.name()).second);
      }
      request.set_page_token(response->next_page_token());
      ++pages;
    } while (!request.page_token().empty());
    EXPECT_EQ(pages, 4);
    EXPECT_EQ(seen, made);
  }
}

TEST_F(Reading, APageTokenIsBoundToItsArguments) {
  for (int i = 0; i < 3; ++i) Create(PersonRequest());
  v1::ListContactsRequest request;
  request.set_page_size(1);
  const auto first = Call(&Stub::ListContacts, request);
  ASSERT_TRUE(first.ok());
  request.set_page_token(first->next_page_token());
  request.set_page_size(100000);
  EXPECT_EQ(Call(&Stub::ListContacts, request)->contacts_size(), 2) << "the size may change";
  request.set_filter("kind = PERSON");
  EXPECT_EQ(Outcome(Call(&Stub::ListContacts, request)), "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
  request.clear_filter();
  EXPECT_EQ(Outcome(Call(&Stub::ListContacts, request, "another")),
            "INVALID_ARGUMENT PAGE_TOKEN_INVALID");
}

}  // namespace
}  // namespace crm::contact::testing
