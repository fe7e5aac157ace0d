// UpsertContacts: what the callers see.

#include <set>
#include <thread>

#include "google/rpc/error_details.pb.h"
#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class Upserting : public ContactServiceTest {
 protected:
  static v1::UpsertContactRequest Person(const std::string& external_id, const std::string& email) {
    v1::UpsertContactRequest request;
    request.mutable_contact()->mutable_person()->set_family_name("Snelling");
    request.mutable_contact()->set_external_id(external_id);
    if (!email.empty()) request.mutable_contact()->add_emails()->set_address(email);
    return request;
  }

  // Fails the test if the call is refused.
  v1::UpsertContactsResponse Upsert(const std::vector<v1::UpsertContactRequest>& all) {
    v1::UpsertContactsRequest request;
    for (const auto& one : all) *request.add_requests() = one;
    const auto response = Call(&Stub::UpsertContacts, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::UpsertContactsResponse());
  }

  static std::string OutcomeOf(const v1::UpsertContactResult& result) {
    if (result.has_error()) return ReasonIn(result.error());
    std::string text = v1::UpsertOutcome_Name(result.upserted().outcome()).substr(15);
    if (result.upserted().rule() != v1::UPSERT_RULE_UNSPECIFIED) {
      text += " " + v1::UpsertRule_Name(result.upserted().rule()).substr(12);
    }
    return text;
  }
  std::vector<std::string> Outcomes(const std::vector<v1::UpsertContactRequest>& all) {
    std::vector<std::string> outcomes;
    const v1::UpsertContactsResponse response = Upsert(all);
    for (const auto& result : response.results()) outcomes.push_back(OutcomeOf(result));
    return outcomes;
  }

  static std::string ReasonIn(const google::rpc::Status& error) {
    google::rpc::ErrorInfo info;
    for (const auto& detail : error.details()) {
      if (detail.UnpackTo(&info)) return info.reason();
    }
    return "";
  }
  static std::vector<std::string> FieldsOf(const google::rpc::Status& error) {
    std::vector<std::string> fields;
    google::rpc::BadRequest bad;
    for (const auto& detail : error.details()) {
      if (!detail.UnpackTo(&bad)) continue;
      for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
    }
    return fields;
  }
  int64_t Count() {
    v1::ListContactsRequest list;
    const auto page = Call(&Stub::ListContacts, list);
    return page.ok() ? page->contacts_size() : -1;
  }
};

TEST_F(Upserting, MakesFindsAndLeavesAlone) {
  auto anna = Person("crm-1", "anna@example.com");
  EXPECT_THAT(Outcomes({anna}), ElementsAre("CREATED"));
  EXPECT_THAT(Outcomes({anna}), ElementsAre("UNCHANGED EXTERNAL_ID"));
  anna.mutable_contact()->set_owner("agent-7");
  EXPECT_THAT(Outcomes({anna}), ElementsAre("UPDATED EXTERNAL_ID"));
  const auto result = Upsert({Person("", "ANNA@Example.com")}).results(0);
  EXPECT_EQ(OutcomeOf(result), "UNCHANGED EMAIL");
  const v1::Contact contact = Get(result.upserted().name());
  EXPECT_EQ(contact.owner(), "agent-7") << "nothing is taken away";
  EXPECT_EQ(contact.external_id(), "crm-1");
  EXPECT_EQ(contact.etag(), result.upserted().etag());
  EXPECT_EQ(contact.revision(), 2);
  EXPECT_EQ(Count(), 1);
}

TEST_F(Upserting, AnOrganizationIsFoundByItsDomain) {
  v1::UpsertContactRequest acme;
  acme.mutable_contact()->set_display_name("Acme");
  acme.mutable_contact()->mutable_organization()->set_domain("https://www.acme.example/");
  EXPECT_THAT(Outcomes({acme}), ElementsAre("CREATED"));
  acme.mutable_contact()->mutable_organization()->set_domain("ACME.example");
  acme.mutable_contact()->mutable_organization()->set_industry("Tools");
  EXPECT_THAT(Outcomes({acme}), ElementsAre("UPDATED DOMAIN"));
}

TEST_F(Upserting, SeveralOfOneContactFollowEachOther) {
  auto second = Person("", "anna@example.com");
  second.mutable_contact()->set_owner("second");
  auto third = Person("crm-1", "");
  third.mutable_contact()->set_owner("third");
  EXPECT_THAT(Outcomes({Person("crm-1", "anna@example.com"), second, third,
                        Person("crm-2", "ben@example.com")}),
              ElementsAre("CREATED", "UPDATED EMAIL", "UPDATED EXTERNAL_ID", "CREATED"));
  v1::ListContactsRequest list;
  list.set_filter("external_id = crm-1");
  EXPECT_EQ(Call(&Stub::ListContacts, list)->contacts(0).owner(), "third");
}

TEST_F(Upserting, AThousandOfOneContactAreWell) {
  std::vector<v1::UpsertContactRequest> all(1000, Person("crm-1", "anna@example.com"));
  for (size_t i = 0; i < all.size(); ++i) {
    all[i].mutable_contact()->set_owner(absl::StrCat("agent-", i));
  }
  const auto response = Upsert(all);
  EXPECT_EQ(OutcomeOf(response.results(0)), "CREATED");
  EXPECT_EQ(OutcomeOf(response.results(999)), "UPDATED EXTERNAL_ID");
  EXPECT_EQ(Get(response.results(0).upserted().name()).owner(), "agent-999");
}

TEST_F(Upserting, WhatIsWrongIsToldOfEachAndTheOthersAreDone) {
  auto wrong = Person("crm-1", "no address");
  wrong.mutable_contact()->set_owner(std::string(129, 'x'));
  v1::UpsertContactRequest nobody;
  nobody.mutable_contact()->mutable_person()->set_family_name("Nobody");
  v1::UpsertContactRequest kindless;
  kindless.mutable_contact()->set_external_id("crm-3");
  auto homeless = Person("crm-4", "");
  homeless.mutable_contact()->add_employments()->set_organization("contacts/" + NewUuid());
  const auto response = Upsert({wrong, nobody, kindless, homeless, Person("crm-5", "")});
  EXPECT_THAT(FieldsOf(response.results(0).error()),
              UnorderedElementsAre("contact.emails[0].address", "contact.owner"));
  EXPECT_THAT(FieldsOf(response.results(1).error()), ElementsAre("contact"));
  EXPECT_EQ(FieldsOf(response.results(2).error()).at(0), "contact.kind");
  EXPECT_EQ(ReasonIn(response.results(3).error()), "REFERENCE_NOT_FOUND");
  EXPECT_EQ(OutcomeOf(response.results(4)), "CREATED");
  EXPECT_EQ(Count(), 1);
}

TEST_F(Upserting, TheAddressOfOneWithAnotherExternalIdIsRefused) {
  EXPECT_THAT(Outcomes({Person("crm-1", "anna@example.com"), Person("crm-2", "anna@example.com")}),
              ElementsAre("CREATED", "DUPLICATE_CONTACT"));
  // An address of one, found by another's: what is found first counts, the rest is taken.
  EXPECT_THAT(Outcomes({Person("crm-3", "ben@example.com")}), ElementsAre("CREATED"));
  EXPECT_THAT(Outcomes({Person("crm-3", "anna@example.com")}), ElementsAre("DUPLICATE_CONTACT"));
}

TEST_F(Upserting, ADeletedContactIsNotFound) {
  const auto first = Upsert({Person("crm-1", "anna@example.com")}).results(0).upserted();
  ASSERT_TRUE(Delete(first.name()).ok());
  const auto again = Upsert({Person("crm-1", "anna@example.com")}).results(0);
  EXPECT_EQ(OutcomeOf(again), "CREATED");
  EXPECT_NE(again.upserted().name(), first.name());
}

TEST_F(Upserting, AnUpsertWithARequestIdIsAnsweredAsAtFirst) {
  auto anna = Person("crm-1", "anna@example.com");
  anna.set_request_id(NewUuid());
  const auto first = Upsert({anna}).results(0);
  auto owner = Person("crm-1", "");
  owner.mutable_contact()->set_owner("agent");
  EXPECT_THAT(Outcomes({owner}), ElementsAre("UPDATED EXTERNAL_ID"));
  const auto again = Upsert({anna}).results(0);
  EXPECT_EQ(OutcomeOf(again), "CREATED");
  EXPECT_EQ(again.upserted().etag(), first.upserted().etag());
  anna.mutable_contact()->set_owner("somebody");
  EXPECT_THAT(Outcomes({anna}), ElementsAre("REQUEST_ID_REUSED"));
}

TEST_F(Upserting, AnotherTenantsContactIsAnotherOne) {
  EXPECT_THAT(Outcomes({Person("crm-1", "anna@example.com")}), ElementsAre("CREATED"));
  v1::UpsertContactsRequest request;
  *request.add_requests() = Person("crm-1", "anna@example.com");
  const auto other = Call(&Stub::UpsertContacts, request, "another-" + tenant());
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(OutcomeOf(other->results(0)), "CREATED");
}

TEST_F(Upserting, WhatWasMergedIsFoundByItsOldExternalId) {
  const auto anna = Upsert({Person("crm-1", "anna@example.com")}).results(0).upserted();
  const auto twin = Upsert({Person("crm-2", "snelling@example.com")}).results(0).upserted();
  v1::MergeContactsRequest merge;
  merge.set_survivor(anna.name());
  merge.add_others(twin.name());
  ASSERT_TRUE(CallOn(Service().merges(), &v1::MergeService::Stub::MergeContacts, merge, "").ok());
  const auto again = Upsert({Person("crm-2", "snelling@example.com")}).results(0);
  EXPECT_EQ(OutcomeOf(again), "UNCHANGED EXTERNAL_ID");
  EXPECT_EQ(again.upserted().name(), anna.name());
  EXPECT_EQ(Get(anna.name()).external_id(), "crm-1");
}

// Whoever comes second finds what the first one made.
TEST_F(Upserting, AtTheSameTimeMakesOneContact) {
  std::vector<std::string> names(8);
  std::vector<std::thread> callers;
  for (std::string& name : names) {
    callers.emplace_back([&] {
      name = Upsert({Person("crm-1", "anna@example.com"), Person("crm-2", "ben@example.com")})
                 .results(0)
                 .upserted()
                 .name();
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 1U);
  EXPECT_EQ(Count(), 2);
}

TEST_F(Upserting, NoneOrTooManyOrWithoutAContactAreRefused) {
  v1::UpsertContactsRequest request;
  EXPECT_THAT(Fields(Call(&Stub::UpsertContacts, request).status()), ElementsAre("requests"));
  request.add_requests()->set_request_id("none");
  EXPECT_THAT(Fields(Call(&Stub::UpsertContacts, request).status()),
              UnorderedElementsAre("requests[0].request_id", "requests[0].contact"));
  request.clear_requests();
  for (int i = 0; i <= 1000; ++i) *request.add_requests() = Person(absl::StrCat("x-", i), "");
  EXPECT_THAT(Fields(Call(&Stub::UpsertContacts, request).status()), ElementsAre("requests"));
  EXPECT_EQ(Count(), 0);
}

}  // namespace
}  // namespace crm::contact::testing
