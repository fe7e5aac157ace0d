// MergeService, and what old names stand for in the other methods.

#include "tests/integration/contact/account_fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

using MergeStub = v1::MergeService::Stub;

class MergeServiceTest : public ContactServiceTest {
 protected:
  template <class Req, class Resp>
  absl::StatusOr<Resp> Do(grpc::Status (v1::MergeService::Stub::*method)(grpc::ClientContext*,
                                                                         const Req&, Resp*),
                          const Req& request) {
    return CallOn(Service().merges(), method, request, "");
  }

  v1::MergeContactsRequest MergeOf(const std::string& survivor, const std::string& other) {
    v1::MergeContactsRequest request;
    request.set_survivor(survivor);
    request.add_others(other);
    request.set_request_id(NewUuid());
    return request;
  }

  std::vector<std::string> Listed(const std::string& filter) {
    v1::ListContactsRequest request;
    request.set_filter(filter);
    const auto listed = Call(&Stub::ListContacts, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<std::string> names;
    if (!listed.ok()) return names;
    for (const v1::Contact& contact : listed->contacts()) names.push_back(contact.name());
    return names;
  }

  // Two persons, merged: the survivor's and the old name.
  std::pair<std::string, std::string> Merged() {
    const std::string survivor = Create(PersonRequest("anna@acme.example")).name();
    const std::string other = Create(PersonRequest("snelling@acme.example")).name();
    const auto merged = Do(&v1::MergeService::Stub::MergeContacts, MergeOf(survivor, other));
    EXPECT_TRUE(merged.ok()) << merged.status();
    return {survivor, other};
  }
};

TEST_F(MergeServiceTest, AnOldNameStandsForTheSurvivor) {
  const auto [survivor, other] = Merged();
  v1::GetContactRequest get;
  get.set_name(other);
  const auto got = Call(&Stub::GetContact, get);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->contact().name(), survivor);
  EXPECT_EQ(got->requested_name(), other);
  EXPECT_EQ(got->contact().emails_size(), 2);
  get.set_name(survivor);
  EXPECT_EQ(Call(&Stub::GetContact, get)->requested_name(), "");

  v1::BatchGetContactsRequest batch;
  batch.add_names(other);
  batch.add_names(survivor);
  const auto both = Call(&Stub::BatchGetContacts, batch);
  ASSERT_TRUE(both.ok()) << both.status();
  ASSERT_EQ(both->contacts_size(), 2);
  EXPECT_EQ(both->contacts(0).name(), survivor);
  EXPECT_EQ(both->resolved_names().at(other), survivor);
  EXPECT_EQ(both->resolved_names_size(), 1);

  v1::UpdateContactRequest update;
  update.mutable_contact()->set_name(other);
  update.mutable_contact()->set_etag(got->contact().etag());
  update.mutable_contact()->set_owner("mara");
  update.mutable_update_mask()->add_paths("owner");
  const auto updated = Call(&Stub::UpdateContact, update);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->contact().name(), survivor);
  EXPECT_EQ(Reason(Call(&Stub::UpdateContact, update).status()), "ETAG_MISMATCH");

  EXPECT_EQ(Reason(Undelete(other).status()), "STATE_INVALID") << "the survivor is not deleted";
  ASSERT_TRUE(Delete(other).ok());
  EXPECT_TRUE(Get(survivor).has_delete_time());
}

TEST_F(MergeServiceTest, WhatItWasIsToldByItsOwnName) {
  const auto [survivor, other] = Merged();
  v1::GetContactRequest get;
  get.set_name(other);
  get.set_as_of_revision(1);
  const auto then = Call(&Stub::GetContact, get);
  ASSERT_TRUE(then.ok()) << then.status();
  EXPECT_EQ(then->contact().name(), other);
  EXPECT_FALSE(then->contact().has_delete_time());
  EXPECT_EQ(then->contact().merged_into(), "");

  v1::ListContactsRequest list;
  EXPECT_EQ(Call(&Stub::ListContacts, list)->contacts_size(), 1);
  list.set_show_deleted(true);
  std::vector<std::string> merged_into;
  const auto listed = Call(&Stub::ListContacts, list);
  for (const v1::Contact& contact : listed->contacts()) {
    merged_into.push_back(contact.merged_into());
  }
  EXPECT_THAT(merged_into, UnorderedElementsAre("", survivor));

  v1::ListRevisionsRequest revisions;
  revisions.set_name(other);
  std::vector<std::string> methods;
  const auto history = Call(&Stub::ListRevisions, revisions);
  for (const auto& revision : history->revisions()) methods.push_back(revision.method());
  EXPECT_THAT(methods, ElementsAre("CreateContact", "MergeContacts", "lifecycle"));
}

TEST_F(MergeServiceTest, ARepeatedMergeGetsTheFirstAnswer) {
  const std::string survivor = Create(PersonRequest("anna@acme.example")).name();
  const std::string other = Create(PersonRequest("snelling@acme.example")).name();
  const auto request = MergeOf(survivor, other);
  const auto first = Do(&MergeStub::MergeContacts, request);
  const auto second = Do(&MergeStub::MergeContacts, request);
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(first->SerializeAsString(), second->SerializeAsString());
  EXPECT_EQ(Reason(Do(&MergeStub::MergeContacts, MergeOf(survivor, other)).status()),
            "STATE_INVALID");

  v1::UnmergeContactRequest unmerge;
  unmerge.set_name(other);
  unmerge.set_request_id(NewUuid());
  const auto parted = Do(&MergeStub::UnmergeContact, unmerge);
  ASSERT_TRUE(parted.ok()) << parted.status();
  EXPECT_EQ(parted->contact().name(), other);
  EXPECT_EQ(parted->contact().emails(0).address(), "snelling@acme.example");
  EXPECT_EQ(parted->survivor().emails_size(), 1);
  EXPECT_EQ(parted->not_restored_size(), 0);
  EXPECT_TRUE(Do(&MergeStub::UnmergeContact, unmerge).ok());
  unmerge.clear_request_id();
  EXPECT_EQ(Reason(Do(&MergeStub::UnmergeContact, unmerge).status()), "STATE_INVALID");
}

TEST_F(MergeServiceTest, APreviewTellsWhereEachFieldComesFrom) {
  v1::CreateContactRequest with_owner = PersonRequest("anna@acme.example");
  with_owner.mutable_contact()->set_owner("mara");
  const std::string survivor = Create(with_owner).name();
  with_owner = PersonRequest("snelling@acme.example");
  with_owner.mutable_contact()->set_owner("urs");
  (*with_owner.mutable_contact()->mutable_attributes())["tier"] = "gold";
  const std::string other = Create(with_owner).name();
  v1::PreviewMergeRequest request;
  request.set_survivor(survivor);
  request.add_others(other);
  const auto preview = Do(&MergeStub::PreviewMerge, request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  std::vector<std::string> fields;
  for (const v1::MergedField& field : preview->fields()) {
    const bool its = field.contact() == survivor;
    fields.push_back(absl::StrCat(
        field.field(), "=", field.value(), its ? "" : " (other)",
        field.alternatives_size() > 0 ? absl::StrCat(" not ", field.alternatives(0).value()) : ""));
  }
  EXPECT_THAT(fields, ElementsAre("display_name=Anna Snelling", "owner=mara not urs",
                                  "person.given_name=Anna", "person.family_name=Snelling",
                                  "attributes.tier=gold (other)", "emails=anna@acme.example",
                                  "emails=snelling@acme.example (other)"));

  v1::MergeChoice& choice = *request.add_choices();
  choice.set_field("external_id");
  choice.set_contact(other);
  EXPECT_THAT(Fields(Do(&MergeStub::PreviewMerge, request).status()),
              ElementsAre("choices[0].contact"));
}

TEST_F(MergeServiceTest, APersonAndAnOrganizationAreNotOne) {
  const std::string person = Create(PersonRequest()).name();
  const std::string firm = Create(OrganizationRequest()).name();
  const auto refused = Do(&MergeStub::MergeContacts, MergeOf(person, firm)).status();
  EXPECT_EQ(Reason(refused), "STATE_INVALID");
  EXPECT_EQ(Metadata(refused, "allowedStates"), "PERSON");
  const std::string deleted = Create(PersonRequest()).name();
  ASSERT_TRUE(Delete(deleted).ok());
  EXPECT_EQ(Reason(Do(&MergeStub::MergeContacts, MergeOf(person, deleted)).status()),
            "STATE_INVALID");
}

// An organization that was merged is found by its old name in what refers to it, old and new.
TEST_F(MergeServiceTest, EmploymentsMayNameAnOrganizationThatWasMerged) {
  const std::string survivor = Create(OrganizationRequest("one.example")).name();
  const std::string other = Create(OrganizationRequest("two.example")).name();
  const std::string third = Create(OrganizationRequest("three.example")).name();
  std::vector<std::string> people;
  const auto employ = [&](const std::string& organization) {
    v1::CreateContactRequest person = PersonRequest();
    person.mutable_contact()->add_employments()->set_organization(organization);
    const auto created = Call(&Stub::CreateContact, person);
    ASSERT_TRUE(created.ok()) << created.status();
    EXPECT_EQ(created->contact().employments(0).organization(), organization);
    people.push_back(created->contact().name());
  };
  employ(other);
  employ(third);
  for (const std::string& merged : {other, third}) {
    ASSERT_TRUE(Do(&MergeStub::MergeContacts, MergeOf(survivor, merged)).ok());
  }
  employ(other);
  employ(survivor);
  for (const std::string& name : {survivor, other, third}) {
    EXPECT_THAT(Listed("employments.organization = " + name), UnorderedElementsAreArray(people));
  }
}

// Until somebody else has it, a domain or an external id leads to whoever took its holder in.
TEST_F(MergeServiceTest, OldKeysLeadToTheSurvivor) {
  v1::CreateContactRequest request = OrganizationRequest("one.example");
  request.mutable_contact()->set_external_id("ext-1");
  const std::string survivor = Create(request).name();
  request = OrganizationRequest("two.example");
  request.mutable_contact()->set_external_id("ext-2");
  const std::string other = Create(request).name();
  ASSERT_TRUE(Do(&MergeStub::MergeContacts, MergeOf(survivor, other)).ok());
  EXPECT_THAT(Listed("external_id = ext-2"), ElementsAre(survivor));
  EXPECT_THAT(Listed("domain = two.example"), ElementsAre(survivor));
  v1::FindContactsRequest find;
  find.set_domain("two.example");
  EXPECT_EQ(Call(&Stub::FindContacts, find)->organization(), survivor);

  request.mutable_contact()->set_external_id("ext-3");
  const std::string stranger = Create(request).name();
  EXPECT_EQ(Call(&Stub::FindContacts, find)->organization(), stranger);
  v1::UnmergeContactRequest unmerge;
  unmerge.set_name(other);
  ASSERT_TRUE(Do(&MergeStub::UnmergeContact, unmerge).ok());
  EXPECT_THAT(Listed("external_id = ext-2"), ElementsAre(other));
  EXPECT_THAT(Listed("domain = two.example"), ElementsAre(stranger));
}

// Who is called as one of them was is not made again.
TEST_F(MergeServiceTest, OldNamesOfPeopleAndFirmsFindTheSurvivor) {
  const std::string firm = Create(OrganizationRequest("three.example")).name();
  const std::string bought = Create(OrganizationRequest("four.example")).name();
  const auto person = [&](const std::string& name, const std::string& organization) {
    v1::CreateContactRequest request;
    request.mutable_contact()->mutable_person();
    request.mutable_contact()->set_display_name(name);
    request.mutable_contact()->add_employments()->set_organization(organization);
    request.mutable_contact()->add_phones()->set_number("+41 44 668 18 00");
    return Create(request).name();
  };
  const std::string survivor = person("Anna Snelling", firm);
  const std::string other = person("Anna Lane", bought);
  ASSERT_TRUE(Do(&MergeStub::MergeContacts, MergeOf(survivor, other)).ok());
  ASSERT_TRUE(Do(&MergeStub::MergeContacts, MergeOf(firm, bought)).ok());
  for (const char* name : {"anna snelling", "Anna LANE"}) {
    for (const char* domain : {"three.example", "four.example", ""}) {
      v1::FindContactsRequest find;
      find.set_display_name(name);
      find.set_domain(domain);
      if (find.domain().empty()) find.set_phone("+41446681800");
      const auto found = Call(&Stub::FindContacts, find);
      ASSERT_TRUE(found.ok()) << found.status();
      ASSERT_EQ(found->contacts_size(), 1) << name << " " << domain;
      EXPECT_EQ(found->contacts(0).name(), survivor);
    }
  }
  v1::FindContactsRequest stranger;
  stranger.set_display_name("Anna Stone");
  stranger.set_domain("four.example");
  EXPECT_EQ(Call(&Stub::FindContacts, stranger)->contacts_size(), 0);
}

class MergedAccounts : public Accounts {};

// Whoever still goes by the account of an organization that was merged changes the survivor's.
TEST_F(MergedAccounts, AnOldNameStandsForTheSurvivor) {
  const v1::Contact survivor = Create(OrganizationRequest("one.example"));
  const v1::Contact other = Create(OrganizationRequest("two.example"));
  Win(survivor, 100);
  Win(other, 20);
  const v1::Account account = AccountOf(survivor);
  v1::Account old = AccountOf(other);
  v1::MergeContactsRequest merge;
  merge.set_survivor(survivor.name());
  merge.add_others(other.name());
  ASSERT_TRUE(CallOn(Service().merges(), &MergeStub::MergeContacts, merge).ok());

  old.clear_etag();
  old.set_owner("mara");
  const auto updated = Update(old, "owner", NewUuid());
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->account().name(), account.name());
  EXPECT_EQ(updated->account().owner(), "mara");
  EXPECT_EQ(updated->account().win_sums(0).amount_minor(), 120);
  v1::CloseAccountRequest close;
  close.set_name(old.name());
  close.set_reason(v1::ACCOUNT_CLOSE_REASON_UNPAID);
  const auto closed = CallAccounts(&AccountStub::CloseAccount, close);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(closed->account().name(), account.name());
  EXPECT_EQ(Outcome(CallAccounts(&AccountStub::CloseAccount, close)),
            "FAILED_PRECONDITION STATE_INVALID");
}

}  // namespace
}  // namespace crm::contact::testing
