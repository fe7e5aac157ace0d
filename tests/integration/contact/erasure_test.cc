// EraseContact and GetErasure, as callers see them.

#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ErasureStub = v1::ErasureService::Stub;

constexpr char kCanary[] = "Zanzibar";

class Erasures : public ContactServiceTest {
 protected:
  absl::StatusOr<v1::Erasure> Erase(const std::string& name, const std::string& etag = "") {
    v1::EraseContactRequest request;
    request.set_name(name);
    request.set_reason(v1::ERASURE_REASON_PERSON_REQUEST);
    request.set_etag(etag);
    const auto response = CallOn(Service().erasures(), &ErasureStub::EraseContact, request);
    if (!response.ok()) return response.status();
    return response->erasure();
  }
  absl::StatusOr<v1::Erasure> Find(const std::string& name) {
    v1::GetErasureRequest request;
    request.set_name(name);
    const auto response = CallOn(Service().erasures(), &ErasureStub::GetErasure, request);
    if (!response.ok()) return response.status();
    return response->erasure();
  }
  // A person with this in every text, some of it in its history alone.
  v1::Contact Canary(const std::string& word = kCanary,
                     const std::string& number = "+41 44 555 91 37") {
    v1::CreateContactRequest request;
    v1::Contact& contact = *request.mutable_contact();
    contact.set_display_name(absl::StrCat(word, " shown"));
    contact.mutable_person()->set_given_name(word);
    contact.mutable_person()->set_family_name(word);
    auto& employment = *contact.add_employments();
    employment.set_organization(Create(OrganizationRequest()).name());
    employment.set_job_title(word);
    employment.set_department(word);
    (*contact.mutable_attributes())["said"] = word;
    auto& email = *contact.add_emails();
    email.set_address(absl::StrCat(word, "-", NewUuid(), "@zanzibar.example"));
    email.set_label(word);
    auto& phone = *contact.add_phones();
    phone.set_number(number);
    phone.set_label(word);
    contact.set_external_id(absl::StrCat(word, NewUuid()));
    request.set_request_id(NewUuid());
    first_request_ = request;
    v1::UpdateContactRequest update;
    *update.mutable_contact() = Create(request);
    update.mutable_contact()->mutable_person()->set_given_name(absl::StrCat(word, " again"));
    update.mutable_update_mask()->add_paths("person");
    const auto updated = Call(&Stub::UpdateContact, update);
    EXPECT_TRUE(updated.ok()) << updated.status();
    return updated.ok() ? updated->contact() : v1::Contact();
  }
  bool IsSomewhere(const std::string& text) {
    return absl::StrContains(absl::AsciiStrToLower(Service().Everything()),
                             absl::AsciiStrToLower(text));
  }
  // Another service's answer to the last ask, or to another one.
  void Answer(const std::string& name, const std::string& service,
              std::optional<base::Uuid> ask = std::nullopt) {
    stage::ContactErasure answer;
    answer.service = service;
    answer.tenant = tenant();
    answer.contact = *base::Uuid::Parse(name.substr(9));
    answer.answers = ask ? *ask : *base::Uuid::Parse(LastAsk(name));
    answer.time = absl::FromUnixMicros(absl::ToUnixMicros(absl::Now()));
    answer.rows = {{"lead", 2}};
    const absl::Status status = pg::RunInTransaction(
        Service().pool(), pg::Tenants::All(), absl::Now() + absl::Seconds(20),
        [&](pg::Transaction& transaction) { return ErasureStore::Answered(transaction, answer); });
    EXPECT_TRUE(status.ok()) << status;
  }
  std::string LastAsk(const std::string& name) {
    return Service().Sql(absl::StrCat("SELECT ask_event FROM contact_erasure WHERE contact = '",
                                      name.substr(9), "'"));
  }
  void Merge(const std::string& survivor, const std::string& other) {
    v1::MergeContactsRequest request;
    request.set_survivor(survivor);
    request.add_others(other);
    request.set_request_id(NewUuid());
    const auto merged = CallOn(Service().merges(), &v1::MergeService::Stub::MergeContacts, request);
    EXPECT_TRUE(merged.ok()) << merged.status();
  }
  absl::StatusOr<v1::UnmergeContactResponse> Unmerge(const std::string& name) {
    v1::UnmergeContactRequest request;
    request.set_name(name);
    request.set_request_id(NewUuid());
    return CallOn(Service().merges(), &v1::MergeService::Stub::UnmergeContact, request);
  }
  static std::vector<std::string> Waiting(const v1::Erasure& erasure) {
    std::vector<std::string> services;
    for (const v1::ErasurePart& part : erasure.parts()) {
      if (!part.has_complete_time()) services.push_back(part.service());
    }
    return services;
  }

  v1::CreateContactRequest first_request_;
};

TEST_F(Erasures, LeaveNothingThatTellsOfThePerson) {
  const v1::Contact contact = Canary();
  ASSERT_TRUE(IsSomewhere(kCanary));
  const auto erased = Erase(contact.name());
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_FALSE(IsSomewhere(kCanary));
  EXPECT_FALSE(IsSomewhere("445559137"));

  const v1::Contact now = Get(contact.name());
  EXPECT_EQ(now.display_name(), "erased");
  EXPECT_TRUE(now.has_erase_time());
  EXPECT_TRUE(now.has_delete_time());
  EXPECT_EQ(now.emails_size(), 0);
  EXPECT_EQ(now.stage(), contact.stage());
  EXPECT_EQ(now.create_time().seconds(), contact.create_time().seconds());
  EXPECT_EQ(Outcome(Undelete(contact.name())), "FAILED_PRECONDITION STATE_INVALID");
}

TEST_F(Erasures, KeepTheHistoryWithoutItsValues) {
  const v1::Contact contact = Canary();
  ASSERT_TRUE(Erase(contact.name()).ok());
  v1::ListRevisionsRequest request;
  request.set_name(contact.name());
  const auto page = Call(&Stub::ListRevisions, request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->revisions_size(), 3);
  EXPECT_EQ(page->revisions(2).method(), "EraseContact");
  for (const auto& revision : page->revisions()) {
    for (const auto& change : revision.changes()) {
      if (!absl::StartsWith(change.field(), "person")) continue;
      EXPECT_FALSE(change.has_to() || change.has_from()) << change.field();
    }
  }
  v1::GetContactRequest get;
  get.set_name(contact.name());
  get.set_as_of_revision(1);
  const auto first = Call(&Stub::GetContact, get);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->contact().person().given_name(), "");
  EXPECT_FALSE(first->contact().has_delete_time());
}

TEST_F(Erasures, FreeAddressesAndForgetAnswers) {
  const v1::Contact contact = Canary();
  ASSERT_TRUE(Erase(contact.name()).ok());
  const auto again = Call(&Stub::CreateContact, first_request_);
  EXPECT_EQ(Outcome(again), "FAILED_PRECONDITION ANSWER_ERASED");
  first_request_.set_request_id(NewUuid());
  EXPECT_NE(Create(first_request_).name(), contact.name());
}

TEST_F(Erasures, TellHowFarTheyHaveCome) {
  const v1::Contact contact = Create(PersonRequest());
  EXPECT_EQ(Outcome(Find(contact.name())), "NOT_FOUND RESOURCE_NOT_FOUND");
  ASSERT_TRUE(Erase(contact.name()).ok());
  auto erasure = Find(contact.name());
  ASSERT_TRUE(erasure.ok()) << erasure.status();
  EXPECT_THAT(Waiting(*erasure), ElementsAre("lead", "opportunity"));
  EXPECT_EQ(erasure->reason(), v1::ERASURE_REASON_PERSON_REQUEST);
  Answer(contact.name(), "lead");
  erasure = Find(contact.name());
  EXPECT_THAT(Waiting(*erasure), ElementsAre("opportunity"));
  EXPECT_FALSE(erasure->has_complete_time());
  Answer(contact.name(), "opportunity", base::Uuid());
  EXPECT_THAT(Waiting(*Find(contact.name())), ElementsAre("opportunity")) << "to another ask";
  Answer(contact.name(), "opportunity");
  erasure = Find(contact.name());
  EXPECT_TRUE(erasure->has_complete_time());
  EXPECT_TRUE(erasure->has_again_time());
  EXPECT_EQ(erasure->parts(2).erased(0).rows(), 4) << "rows of all answers add up";
}

TEST_F(Erasures, AreCompleteHoweverTheAnswersCome) {
  for (int i = 0; i < 20; ++i) {
    const v1::Contact contact = Create(PersonRequest());
    ASSERT_TRUE(Erase(contact.name()).ok());
    std::thread lead([&] { Answer(contact.name(), "lead"); });
    Answer(contact.name(), "opportunity");
    lead.join();
    EXPECT_TRUE(Find(contact.name())->has_complete_time()) << i;
  }
}

TEST_F(Erasures, LookOnceMoreWhenTheirTimeHasCome) {
  const v1::Contact contact = Create(PersonRequest());
  ASSERT_TRUE(Erase(contact.name()).ok());
  Answer(contact.name(), "lead");
  Answer(contact.name(), "opportunity");
  const std::string first_ask = LastAsk(contact.name());
  const absl::Time later = absl::Now() + kLookAgainAfter + absl::Minutes(1);
  const auto due = Service().erasure_store().Due(later, 1000, absl::Now() + absl::Seconds(20));
  ASSERT_TRUE(due.ok()) << due.status();
  bool found = false;
  for (const ErasureRequest& request : *due) {
    if (request.contact.tenant != tenant()) continue;
    found = true;
    const auto again =
        Service().erasure_store().Erase(request, absl::Now(), absl::Now() + absl::Seconds(20));
    ASSERT_TRUE(again.ok()) << again.status();
  }
  EXPECT_TRUE(found);
  EXPECT_NE(LastAsk(contact.name()), first_ask);
  const auto erasure = Find(contact.name());
  ASSERT_TRUE(erasure.ok());
  EXPECT_THAT(Waiting(*erasure), ElementsAre("lead", "opportunity"));
  EXPECT_FALSE(erasure->has_again_time()) << "once";
  EXPECT_TRUE(erasure->parts(1).has_first_time());
}

TEST_F(Erasures, AreRefusedForAStaleEtagAndRepeatable) {
  const v1::Contact contact = Create(PersonRequest());
  EXPECT_EQ(Outcome(Erase(contact.name(), "7")), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Erase("contacts/" + NewUuid())), "NOT_FOUND RESOURCE_NOT_FOUND");
  const auto first = Erase(contact.name(), contact.etag());
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = Erase(contact.name(), contact.etag());
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
}

TEST_F(Erasures, OfADeletedContactKeepItsDeletionTime) {
  const v1::Contact contact = Create(PersonRequest());
  const auto deleted = Delete(contact.name());
  ASSERT_TRUE(deleted.ok());
  ASSERT_TRUE(Erase(contact.name()).ok());
  EXPECT_EQ(Get(contact.name()).delete_time().seconds(),
            deleted->contact().delete_time().seconds());
}

TEST_F(Erasures, AreToldToTheOthersByOneEventWithoutPersonalData) {
  const v1::Contact contact = Canary();
  ASSERT_TRUE(Erase(contact.name()).ok());
  EXPECT_EQ(Service().Sql(
                absl::StrCat("SELECT count(*) FROM outbox_in WHERE version = 0 AND aggregate = '",
                             contact.name().substr(9), "'")),
            "1");
}

// Contacts that were merged are one person: by any of the names all of it goes.
TEST_F(Erasures, TakeThoseAlongThatAreOneWithThem) {
  const v1::Contact contact = Canary("Samarkand", "+41 44 555 91 38");
  ASSERT_TRUE(IsSomewhere("445559138"));
  const std::string survivor = Create(PersonRequest()).name();
  Merge(survivor, contact.name());
  ASSERT_EQ(Get(contact.name()).name(), survivor);
  const auto erased = Erase(contact.name(), Get(contact.name()).etag());
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->contact(), survivor);
  EXPECT_THAT(erased->merged(), ElementsAre(contact.name()));
  EXPECT_FALSE(IsSomewhere("Samarkand"));
  EXPECT_FALSE(IsSomewhere("445559138"));
  EXPECT_TRUE(Get(contact.name()).has_erase_time());
  EXPECT_EQ(Get(contact.name()).name(), survivor);
  EXPECT_EQ(Outcome(Unmerge(contact.name())), "FAILED_PRECONDITION STATE_INVALID");

  for (const std::string& name : {survivor, contact.name()}) {
    Answer(name, "lead");
    EXPECT_FALSE(Find(survivor)->has_complete_time());
    Answer(name, "opportunity");
  }
  const auto found = Find(contact.name());
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_TRUE(found->has_complete_time());
  EXPECT_EQ(found->contact(), survivor);
  EXPECT_EQ(found->parts(1).erased(0).rows(), 4) << "rows of both add up";
}

// Whoever it was merged into by mistake keeps nothing of it in old revisions.
TEST_F(Erasures, ReachTheHistoryOfWhomTheContactWasPartOf) {
  const v1::Contact contact = Canary("Timbuktu", "+41 44 555 91 39");
  const std::string survivor = Create(PersonRequest("anna@acme.example")).name();
  const std::string outer = Create(PersonRequest("berta@acme.example")).name();
  Merge(survivor, contact.name());
  Merge(outer, survivor);
  ASSERT_TRUE(Unmerge(survivor).ok());
  ASSERT_TRUE(Unmerge(contact.name()).ok());
  ASSERT_TRUE(Erase(contact.name()).ok());
  EXPECT_FALSE(IsSomewhere("Timbuktu"));
  EXPECT_FALSE(IsSomewhere("445559139"));
  EXPECT_EQ(Get(outer).emails(0).address(), "berta@acme.example");
}

}  // namespace
}  // namespace crm::contact::testing
