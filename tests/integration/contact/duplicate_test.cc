// Who may be the same.

#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using SearchStub = v1::ContactSearchService::Stub;

class Duplicates : public ContactServiceTest {
 protected:
  v1::Contact Person(const std::string& name, const std::string& email = "",
                     const std::string& phone = "") {
    v1::CreateContactRequest request;
    *request.mutable_contact() = Draft(name, email, phone);
    return Create(request);
  }
  static v1::Contact Draft(const std::string& name, const std::string& email = "",
                           const std::string& phone = "") {
    v1::Contact contact;
    contact.set_display_name(name);
    contact.mutable_person();
    if (!email.empty()) contact.add_emails()->set_address(email);
    if (!phone.empty()) contact.add_phones()->set_number(phone);
    return contact;
  }
  v1::FindDuplicatesResponse Find(const v1::FindDuplicatesRequest& request) {
    const auto response = CallOn(Service().search(), &SearchStub::FindDuplicates, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::FindDuplicatesResponse();
  }
  std::vector<std::string> LikeDraft(const v1::Contact& draft, double min_score = 0) {
    v1::FindDuplicatesRequest request;
    *request.mutable_contact() = draft;
    request.set_min_score(min_score);
    const v1::FindDuplicatesResponse response = Find(request);
    std::vector<std::string> names;
    for (const auto& duplicate : response.duplicates()) {
      names.push_back(duplicate.contact().display_name());
    }
    return names;
  }
  // All pages: "first: others" of each group.
  std::vector<std::string> Groups(v1::ListDuplicateGroupsRequest request = {}) {
    std::vector<std::string> groups;
    for (int page = 0; page < 100; ++page) {
      const auto response = CallOn(Service().search(), &SearchStub::ListDuplicateGroups, request);
      EXPECT_TRUE(response.ok()) << response.status();
      if (!response.ok()) break;
      for (const auto& one : response->contacts()) {
        if (one.name() == one.group()) {
          groups.push_back(one.contact().display_name() + ":");
        } else {
          EXPECT_GT(one.rules_size(), 0);
          groups.back() += " " + one.contact().display_name();
        }
      }
      if (response->next_page_token().empty()) break;
      request.set_page_token(response->next_page_token());
    }
    return groups;
  }
};

TEST_F(Duplicates, OfADraftByEachRule) {
  Person("Anna Snelling", "anna@acme.example", "044 668 18 00");
  Person("Bert Lane", "bert@acme.example");
  Create(OrganizationRequest("acme.example"));
  EXPECT_THAT(LikeDraft(Draft("Carla Long", "ANNA@acme.example")), ElementsAre("Anna Snelling"));
  EXPECT_THAT(LikeDraft(Draft("Carla Long", "", "+41446681800"), 0.5),
              ElementsAre("Anna Snelling"));
  EXPECT_THAT(LikeDraft(Draft("snelling ana"), 0.4), ElementsAre("Anna Snelling"));
  EXPECT_THAT(LikeDraft(Draft("Carla Long", "carla@acme.example")), IsEmpty());
  v1::Contact organization;
  organization.set_display_name("Something Else");
  organization.mutable_organization()->set_domain("www.ACME.example");
  EXPECT_THAT(LikeDraft(organization), ElementsAre("Acme"));
}

TEST_F(Duplicates, TheLikestFirstWithEveryRule) {
  const v1::Contact anna = Person("Anna Snelling", "anna@acme.example", "044 668 18 00");
  Person("Anna Snelling");
  Person("Anna Snelling", "as@acme.example", "044 668 18 00");
  v1::FindDuplicatesRequest request;
  request.set_name(anna.name());
  const v1::FindDuplicatesResponse response = Find(request);
  ASSERT_EQ(response.duplicates_size(), 2);
  EXPECT_GT(response.duplicates(0).score(), response.duplicates(1).score());
  std::vector<int> rules;
  for (const auto& fired : response.duplicates(0).rules()) rules.push_back(fired.rule());
  EXPECT_THAT(rules, ElementsAre(v1::DUPLICATE_RULE_PHONE_EQUAL, v1::DUPLICATE_RULE_DOMAIN_EQUAL,
                                 v1::DUPLICATE_RULE_NAME_SIMILAR));
  EXPECT_EQ(response.duplicates(1).rules(0).similarity(), 1);
}

TEST_F(Duplicates, ManyNamesakesCanAllBePagedThrough) {
  // Set-wise, as a thousand calls would take their time; see the copy's terms below.
  const v1::Contact anna = Person("Anna Snelling");
  constexpr int kNamesakes = 1100;
  const std::string id = anna.name().substr(anna.name().find('/') + 1);
  const std::string mine = absl::StrCat(" WHERE tenant = '", tenant(), "' AND ");
  Service().Sql(
      "CREATE TEMP TABLE copy AS SELECT c.*, gen_random_uuid() AS new FROM contact c, "
      "generate_series(1, 1100)" +
      mine + "c.id = '" + id +
      "'; "
      "UPDATE copy SET id = new; ALTER TABLE copy DROP COLUMN new; "
      "INSERT INTO contact SELECT * FROM copy; "
      "INSERT INTO contact_term SELECT c.tenant, t.term, c.id FROM copy c, contact_term t"
      " WHERE t.tenant = c.tenant AND t.contact = '" +
      id +
      "'; "
      "INSERT INTO contact_search SELECT c.tenant, c.id, s.terms FROM copy c, "
      "contact_search s WHERE s.tenant = c.tenant AND s.contact = '" +
      id + "'");
  v1::FindDuplicatesRequest request;
  request.set_name(anna.name());
  request.set_page_size(400);
  std::vector<std::string> names;
  do {
    const v1::FindDuplicatesResponse response = Find(request);
    for (const auto& duplicate : response.duplicates()) names.push_back(duplicate.name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(names.size(), static_cast<size_t>(kNamesakes));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
}

TEST_F(Duplicates, GroupsAreToldOnceAtTheirFirstContact) {
  Person("Anna Snelling", "", "044 668 18 00");
  Person("Carla Long");
  Person("Bert Lane");
  Person("Anna Snelling");
  Person("Berth Lane", "", "044 668 18 01");
  Person("Ann Lane", "", "044 668 18 01");
  v1::ListDuplicateGroupsRequest request;
  request.set_min_score(0.5);
  for (const int size : {0, 1}) {
    request.set_page_size(size);
    EXPECT_THAT(Groups(request),
                ElementsAre("Anna Snelling: Anna Snelling", "Bert Lane: Berth Lane Ann Lane"));
  }
}

TEST_F(Duplicates, AfterAnImportTheNewOnesAreComparedWithAll) {
  Person("Anna Snelling");
  Person("Bert Lane");
  Person("Bert Lane");
  const v1::Contact first = Person("Carla Long");
  Person("Anna Snelling");
  Person("Carla Long");
  v1::ListDuplicateGroupsRequest request;
  *request.mutable_create_time_from() = first.create_time();
  EXPECT_THAT(Groups(request),
              ElementsAre("Carla Long: Carla Long", "Anna Snelling: Anna Snelling"));
}

// More than are walked through one by one; those beyond the ones below are found by nothing.
TEST_F(Duplicates, OfManyGroupsAreToldUnderWhatTheyHaveInCommon) {
  const v1::Contact anna = Person("Anna Snelling", "", "044 668 18 00");
  Person("Snelling Anna");
  Person("Bert Lane");
  Person("Berth Lane", "", "044 668 18 01");
  Person("Ann Lane", "", "044 668 18 01");
  Person("Anna Sneling", "", "044 668 18 00");
  Person("Carla Long");
  const std::string id = anna.name().substr(9);
  Service().Sql("CREATE TEMP TABLE copy AS SELECT * FROM contact WHERE id = '" + id +
                "'; UPDATE copy SET create_time = now() - interval '1 day'; INSERT INTO contact "
                "SELECT (c).* FROM (SELECT jsonb_populate_record(c, jsonb_build_object('id', "
                "gen_random_uuid())) AS c FROM copy c, generate_series(1, 10000)) AS copies");
  v1::ListDuplicateGroupsRequest request;
  request.set_min_score(0.5);
  const auto expected = ::testing::UnorderedElementsAre(
      "Anna Snelling: Snelling Anna Anna Sneling", "Bert Lane: Berth Lane", "Berth Lane: Ann Lane");
  for (const int size : {0, 1}) {
    request.set_page_size(size);
    EXPECT_THAT(Groups(request), expected);
  }
  *request.mutable_create_time_from() = anna.create_time();
  EXPECT_THAT(Groups(request), ElementsAre("Anna Snelling: Anna Sneling Snelling Anna",
                                           "Bert Lane: Berth Lane Ann Lane"))
      << "few are walked through one by one";
}

TEST_F(Duplicates, ANameOrADraftAndNotBoth) {
  v1::FindDuplicatesRequest request;
  EXPECT_THAT(Fields(CallOn(Service().search(), &SearchStub::FindDuplicates, request).status()),
              ElementsAre("name"));
  request.set_name("contacts/" + NewUuid());
  EXPECT_EQ(Outcome(CallOn(Service().search(), &SearchStub::FindDuplicates, request)),
            "NOT_FOUND RESOURCE_NOT_FOUND");
  *request.mutable_contact() = Draft("Anna Snelling");
  EXPECT_THAT(Fields(CallOn(Service().search(), &SearchStub::FindDuplicates, request).status()),
              ElementsAre("contact"));
  request.clear_name();
  request.set_min_score(2);
  EXPECT_THAT(Fields(CallOn(Service().search(), &SearchStub::FindDuplicates, request).status()),
              ElementsAre("min_score"));
}

}  // namespace
}  // namespace crm::contact::testing
