// Creating, editing, deleting: what the callers see.

#include <google/protobuf/util/message_differencer.h>

#include <condition_variable>
#include <mutex>

#include "tests/integration/contact/fixture.h"

namespace crm::contact::testing {
namespace {

using google::protobuf::util::MessageDifferencer;

using Writing = ContactServiceTest;

TEST_F(Writing, CreateAnswersWithTheWholeContact) {
  v1::CreateContactRequest request = PersonRequest(" Anna@Example.COM ");
  request.mutable_contact()->add_phones()->set_number("044 668 18 00");
  request.mutable_contact()->set_owner("agent-7");
  request.mutable_effective_time()->set_seconds(1'700'000'000);
  const v1::Contact contact = Create(request);
  EXPECT_EQ(contact.display_name(), "Anna Snelling");
  EXPECT_EQ(contact.emails(0).address(), " Anna@Example.COM ");
  EXPECT_EQ(contact.emails(0).normalized_address(), "anna@example.com");
  EXPECT_TRUE(contact.emails(0).primary());
  EXPECT_EQ(contact.phones(0).e164(), "+41446681800");
  EXPECT_EQ(contact.stage(), v1::LIFECYCLE_STAGE_CONTACT);
  EXPECT_EQ(contact.stage_version(), 1);
  EXPECT_EQ(contact.etag(), "1");
  EXPECT_TRUE(MessageDifferencer::Equals(contact, Get(contact.name())));
}

TEST_F(Writing, CreateKeepsTheIdGivenAndRefusesItTwice) {
  v1::CreateContactRequest request = PersonRequest();
  request.set_contact_id(NewUuid());
  EXPECT_EQ(Create(request).name(), "contacts/" + request.contact_id());
  const auto again = Call(&Stub::CreateContact, request);
  EXPECT_EQ(Outcome(again), "ALREADY_EXISTS DUPLICATE_ID");
  EXPECT_EQ(Metadata(again.status(), "existing"), "contacts/" + request.contact_id());
}

TEST_F(Writing, DuplicatesAreRefusedWithTheRuleAndTheName) {
  const v1::Contact anna = Create(PersonRequest("anna@example.com"));
  const auto again = Call(&Stub::CreateContact, PersonRequest("ANNA@example.com"));
  EXPECT_EQ(Outcome(again), "ALREADY_EXISTS DUPLICATE_CONTACT");
  EXPECT_EQ(Metadata(again.status(), "rule"), "email");
  EXPECT_EQ(Metadata(again.status(), "contacts"), anna.name());

  const v1::Contact acme = Create(OrganizationRequest("www.acme.example"));
  EXPECT_EQ(acme.organization().domain(), "acme.example");
  const auto acme_again = Call(&Stub::CreateContact, OrganizationRequest("Acme.Example"));
  EXPECT_EQ(Outcome(acme_again), "ALREADY_EXISTS DUPLICATE_CONTACT");
  EXPECT_EQ(Metadata(acme_again.status(), "rule"), "domain");
  EXPECT_EQ(Metadata(acme_again.status(), "contacts"), acme.name());

  EXPECT_EQ(Outcome(Call(&Stub::CreateContact, PersonRequest("anna@example.com"), "another")),
            "OK");
}

TEST_F(Writing, ADeletedContactDoesNotBlockItsEmail) {
  const v1::Contact anna = Create(PersonRequest("anna@example.com"));
  const auto deleted = Delete(anna.name());
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_TRUE(deleted->contact().has_delete_time());
  EXPECT_TRUE(Get(anna.name()).has_delete_time());
  EXPECT_EQ(Outcome(Delete(anna.name())), "FAILED_PRECONDITION STATE_INVALID");

  const v1::Contact other = Create(PersonRequest("anna@example.com"));
  const auto refused = Undelete(anna.name());
  EXPECT_EQ(Outcome(refused), "ALREADY_EXISTS DUPLICATE_CONTACT");
  EXPECT_EQ(Metadata(refused.status(), "contacts"), other.name());
  EXPECT_EQ(Outcome(Undelete(other.name())), "FAILED_PRECONDITION STATE_INVALID");

  ASSERT_TRUE(Delete(other.name()).ok());
  const auto back = Undelete(anna.name());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_FALSE(back->contact().has_delete_time());
}

TEST_F(Writing, UpdateChangesWhatTheMaskNames) {
  const v1::Contact anna = Create(PersonRequest("anna@example.com"));
  v1::UpdateContactRequest request;
  request.mutable_contact()->set_name(anna.name());
  request.mutable_contact()->set_owner("agent-9");
  request.mutable_contact()->mutable_person()->set_given_name("Ignored");
  request.mutable_update_mask()->add_paths("owner");
  request.mutable_update_mask()->add_paths("emails");
  const auto updated = Call(&Stub::UpdateContact, request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->contact().owner(), "agent-9");
  EXPECT_EQ(updated->contact().emails_size(), 0) << "named and empty: cleared";
  EXPECT_EQ(updated->contact().person().given_name(), "Anna");
  EXPECT_EQ(updated->contact().etag(), "2");
  EXPECT_EQ(Outcome(Call(&Stub::CreateContact, PersonRequest("anna@example.com"))), "OK")
      << "the address was given up";
}

TEST_F(Writing, UpdateWithoutAMaskTakesWhatIsPopulatedAndWithAStarEverything) {
  const v1::Contact anna = Create(PersonRequest("anna@example.com"));
  v1::UpdateContactRequest request;
  request.mutable_contact()->set_name(anna.name());
  request.mutable_contact()->mutable_person()->set_given_name("Anne");
  request.mutable_contact()->mutable_person()->set_family_name("Snelling");
  auto updated = Call(&Stub::UpdateContact, request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->contact().display_name(), "Anne Snelling");
  EXPECT_EQ(updated->contact().emails_size(), 1);
  request.mutable_update_mask()->add_paths("*");
  updated = Call(&Stub::UpdateContact, request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->contact().emails_size(), 0);
}

TEST_F(Writing, UpdateNeverChangesTheKindNorADeletedContact) {
  const v1::Contact anna = Create(PersonRequest());
  v1::UpdateContactRequest request;
  request.mutable_contact()->set_name(anna.name());
  request.mutable_contact()->mutable_organization()->set_industry("steel");
  const auto kind = Call(&Stub::UpdateContact, request);
  EXPECT_EQ(Outcome(kind), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(kind), ::testing::ElementsAre("contact.organization"));

  ASSERT_TRUE(Delete(anna.name()).ok());
  v1::UpdateContactRequest rename;
  rename.mutable_contact()->set_name(anna.name());
  rename.mutable_contact()->set_display_name("X");
  EXPECT_EQ(Outcome(Call(&Stub::UpdateContact, rename)), "FAILED_PRECONDITION STATE_INVALID");
}

TEST_F(Writing, AnUnchangedContactKeepsItsEtag) {
  const v1::Contact anna = Create(PersonRequest());
  v1::UpdateContactRequest request;
  request.mutable_contact()->set_name(anna.name());
  request.mutable_contact()->set_display_name(anna.display_name());
  const auto updated = Call(&Stub::UpdateContact, request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->contact().etag(), anna.etag());
}

TEST_F(Writing, AStaleEtagIsRefused) {
  const v1::Contact anna = Create(PersonRequest());
  v1::UpdateContactRequest request;
  request.mutable_contact()->set_name(anna.name());
  request.mutable_contact()->set_etag(anna.etag());
  request.mutable_contact()->set_owner("a");
  EXPECT_EQ(Outcome(Call(&Stub::UpdateContact, request)), "OK");
  request.mutable_contact()->set_owner("b");
  EXPECT_EQ(Outcome(Call(&Stub::UpdateContact, request)), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Delete(anna.name(), anna.etag())), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Delete(anna.name(), "2")), "OK");
}

TEST_F(Writing, ReferencesAreChecked) {
  const v1::Contact acme = Create(OrganizationRequest());
  v1::CreateContactRequest person = PersonRequest();
  person.mutable_contact()->add_employments()->set_organization(acme.name());
  const v1::Contact anna = Create(person);
  EXPECT_EQ(anna.employments(0).organization(), acme.name());
  EXPECT_TRUE(anna.employments(0).primary());
  for (const std::string& wrong : {anna.name(), "contacts/" + NewUuid()}) {
    person.mutable_contact()->mutable_employments(0)->set_organization(wrong);
    const auto refused = Call(&Stub::CreateContact, person);
    EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION REFERENCE_NOT_FOUND");
    EXPECT_EQ(Metadata(refused.status(), "resource"), wrong);
    EXPECT_EQ(Metadata(refused.status(), "field"), "contact.employments[0].organization");
  }
}

TEST_F(Writing, ARepeatedRequestGetsItsFirstAnswerAndAnotherOneIsRefused) {
  v1::CreateContactRequest request = PersonRequest("anna@example.com");
  request.set_request_id(NewUuid());
  const auto first = Call(&Stub::CreateContact, request);
  const auto second = Call(&Stub::CreateContact, request);
  ASSERT_TRUE(first.ok() && second.ok()) << second.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*first, *second));
  request.mutable_contact()->set_owner("x");
  EXPECT_EQ(Outcome(Call(&Stub::CreateContact, request)), "INVALID_ARGUMENT REQUEST_ID_REUSED");

  v1::DeleteContactRequest deletion;
  deletion.set_name(first->contact().name());
  deletion.set_request_id(NewUuid());
  const auto deleted = Call(&Stub::DeleteContact, deletion);
  const auto deleted_again = Call(&Stub::DeleteContact, deletion);
  ASSERT_TRUE(deleted.ok() && deleted_again.ok()) << deleted_again.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*deleted, *deleted_again));

  v1::UndeleteContactRequest undeletion;
  undeletion.set_name(first->contact().name());
  undeletion.set_request_id(deletion.request_id());
  EXPECT_EQ(Outcome(Call(&Stub::UndeleteContact, undeletion)),
            "INVALID_ARGUMENT REQUEST_ID_REUSED");
  undeletion.set_request_id(NewUuid());
  EXPECT_EQ(Outcome(Call(&Stub::UndeleteContact, undeletion)), "OK");
  EXPECT_EQ(Outcome(Call(&Stub::UndeleteContact, undeletion)), "OK") << "the first answer again";
}

TEST_F(Writing, AnUnknownOrForeignNameIsNotFound) {
  const v1::Contact anna = Create(PersonRequest());
  for (const std::string& tenant : {std::string("another"), std::string()}) {
    const std::string name = tenant.empty() ? "contacts/" + NewUuid() : anna.name();
    v1::UpdateContactRequest update;
    update.mutable_contact()->set_name(name);
    update.mutable_contact()->set_owner("x");
    EXPECT_EQ(Outcome(Call(&Stub::UpdateContact, update, tenant)), "NOT_FOUND RESOURCE_NOT_FOUND");
    v1::DeleteContactRequest deletion;
    deletion.set_name(name);
    EXPECT_EQ(Outcome(Call(&Stub::DeleteContact, deletion, tenant)),
              "NOT_FOUND RESOURCE_NOT_FOUND");
    v1::UndeleteContactRequest undeletion;
    undeletion.set_name(name);
    EXPECT_EQ(Outcome(Call(&Stub::UndeleteContact, undeletion, tenant)),
              "NOT_FOUND RESOURCE_NOT_FOUND");
  }
  EXPECT_EQ(Get(anna.name()).etag(), "1");
}

// Many calls at once, so that batches form, with bad ones among them.
TEST_F(Writing, ABadCallDoesNotPoisonItsBatch) {
  constexpr int kCalls = 120;
  Create(PersonRequest("taken@example.com"));
  struct InFlight {
    grpc::ClientContext context;
    v1::CreateContactRequest request;
    v1::CreateContactResponse response;
    grpc::Status status;
  };
  std::vector<std::unique_ptr<InFlight>> calls;
  std::mutex mutex;
  std::condition_variable done;
  int open = kCalls;
  for (int i = 0; i < kCalls; ++i) {
    auto call = std::make_unique<InFlight>();
    Identify(call->context);
    call->request = PersonRequest(i % 10 == 3 ? "taken@example.com" : absl::StrCat(i, "@b.ch"));
    if (i % 10 == 6) call->request.mutable_contact()->add_emails()->set_address("0@b.ch");
    if (i % 10 == 8) {
      call->request.mutable_contact()->add_employments()->set_organization("contacts/" + NewUuid());
    }
    InFlight* at = call.get();
    calls.push_back(std::move(call));
    Service().contacts().async()->CreateContact(&at->context, &at->request, &at->response,
                                                [&, at](grpc::Status status) {
                                                  at->status = std::move(status);
                                                  std::lock_guard lock(mutex);
                                                  if (--open == 0) done.notify_all();
                                                });
  }
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return open == 0; });
  int winners = 0;  // of the address that calls 0, 6, 16, … claim
  for (int i = 0; i < kCalls; ++i) {
    const absl::Status status = rpc::FromGrpcStatus(calls[i]->status);
    if (i == 0 || i % 10 == 6) {
      winners += status.ok() ? 1 : 0;
    } else if (i % 10 == 3) {
      EXPECT_EQ(error::ReasonOf(status), "DUPLICATE_CONTACT") << i << status;
    } else if (i % 10 == 8) {
      EXPECT_EQ(error::ReasonOf(status), "REFERENCE_NOT_FOUND") << i << status;
    } else {
      EXPECT_TRUE(status.ok()) << i << " " << status;
      EXPECT_EQ(Get(calls[i]->response.contact().name()).emails(0).address(),
                absl::StrCat(i, "@b.ch"));
    }
  }
  EXPECT_EQ(winners, 1) << "one of all who claim an address gets it";
}

}  // namespace
}  // namespace crm::contact::testing
