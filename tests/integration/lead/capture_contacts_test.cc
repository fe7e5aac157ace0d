// Leads that come in by themselves, beside the real contact service.

#include <set>
#include <thread>

#include "services/lead/clients/grpc_contact_registry.h"
#include "tests/integration/contact/fixture.h"
#include "tests/integration/lead/capture_fixture.h"

namespace crm::lead::testing {
namespace {

using ContactStub = contact::v1::ContactService::Stub;
using ::testing::SizeIs;

constexpr int kForms = 50;

class CaptureWithContacts : public CaptureTest {
 protected:
  CaptureWithContacts() : registry_(Contacts().channel()) { Service().registry().Ask(&registry_); }
  ~CaptureWithContacts() override { Service().registry().Ask(nullptr); }

  static contact::testing::RunningService& Contacts() {
    return crm::testing::SharedService<contact::testing::RunningService>::Get();
  }
  std::vector<contact::v1::Contact> AllContacts() {
    const auto page = CallOn(Contacts().contacts(), &ContactStub::ListContacts,
                             contact::v1::ListContactsRequest());
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return {};
    return {page->contacts().begin(), page->contacts().end()};
  }
  contact::v1::Contact Make(const contact::v1::CreateContactRequest& request) {
    const auto made = CallOn(Contacts().contacts(), &ContactStub::CreateContact, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->contact() : contact::v1::Contact();
  }

  // Captures the form as often, all at once and each as a call of its own, and by as many threads:
  // more than the service has workers.
  std::vector<v1::CaptureLeadResponse> CaptureAtOnce(const v1::CaptureLeadRequest& form,
                                                     bool same_request) {
    std::vector<v1::CaptureLeadResponse> answers(kForms);
    std::vector<std::thread> threads;
    for (int i = 0; i < kForms; ++i) {
      threads.emplace_back([&, i] {
        const auto answer = Service().captures().Capture(CallFor(form, same_request));
        ASSERT_TRUE(answer.ok()) << answer.status();
        ASSERT_TRUE(answers[i].ParseFromString(answer->bytes));
      });
    }
    for (std::thread& thread : threads) thread.join();
    return answers;
  }

  // There is one contact and one lead, and all were answered with it; one call made each.
  void ExpectOne(const std::vector<v1::CaptureLeadResponse>& answers) {
    std::set<std::string> names;
    int made = 0;
    int contacts_made = 0;
    for (const v1::CaptureLeadResponse& answer : answers) {
      names.insert(answer.lead().name());
      made += answer.outcome() == v1::CAPTURE_OUTCOME_CREATED ? 1 : 0;
      contacts_made += answer.contact_created() ? 1 : 0;
    }
    EXPECT_THAT(names, SizeIs(1));
    EXPECT_EQ(made, 1);
    EXPECT_EQ(contacts_made, 1);
    EXPECT_THAT(AllContacts(), SizeIs(1));
    EXPECT_EQ(Count("lead"), "1");
    EXPECT_EQ(Count("activity"), std::to_string(kForms));
  }

 private:
  CaptureCall CallFor(const v1::CaptureLeadRequest& form, bool same_request) {
    CaptureCall call;
    call.caller = {tenant(), "form", "", base::Deadline::After(absl::Seconds(60))};
    call.facts = {form.contact().display_name(), form.contact().email(), form.contact().phone(),
                  form.contact().organization(), form.contact().domain()};
    call.interest = form.interest();
    call.note = form.note();
    const base::Uuid request = *base::Uuid::Parse(same_request ? form.request_id() : NewUuid());
    call.request = idempotency::Request{request, std::string(16, 'h')};
    call.author = {"form", "CaptureLead"};
    call.occasion.now = base::SystemClock::Instance().Now();
    call.occasion.event_id = *base::Uuid::Parse(NewUuid());
    call.occasion.actor = "form";
    call.answer = [](const Lead& lead, const Captured& captured) {
      v1::CaptureLeadResponse response;
      response.mutable_lead()->set_name(LeadName(lead.id));
      response.set_outcome(static_cast<v1::CaptureOutcome>(static_cast<int>(captured.outcome)));
      response.set_contact_created(captured.contact_made);
      return response.SerializeAsString();
    };
    return call;
  }

  GrpcContactRegistry registry_;
};

TEST_F(CaptureWithContacts, FindsTheContactByAddressNumberOrNameAndDomain) {
  contact::v1::CreateContactRequest acme;
  acme.mutable_contact()->set_display_name("Acme");
  acme.mutable_contact()->mutable_organization()->set_domain("acme.example");
  const std::string organization = Make(acme).name();
  contact::v1::CreateContactRequest anna;
  anna.mutable_contact()->set_display_name("Anna Snelling");
  anna.mutable_contact()->mutable_person();
  anna.mutable_contact()->add_employments()->set_organization(organization);
  anna.mutable_contact()->add_emails()->set_address("anna@acme.example");
  anna.mutable_contact()->add_phones()->set_number("+41 44 668 18 00");
  const std::string name = Make(anna).name();

  const auto contact_of = [&](const std::string& email, const std::string& phone,
                              const std::string& domain) {
    v1::CaptureLeadRequest form = Form(email);
    form.mutable_contact()->set_phone(phone);
    form.mutable_contact()->set_domain(domain);
    const v1::CaptureLeadResponse captured = Capture(form);
    EXPECT_FALSE(captured.contact_created());
    return captured.lead().contact();
  };
  EXPECT_EQ(contact_of("Anna@ACME.example", "", ""), name);
  EXPECT_EQ(contact_of("anna@home.example", "044 668 18 00", ""), name);
  EXPECT_EQ(contact_of("", "", "www.acme.example"), name);
  EXPECT_EQ(Count("lead"), "1");
  EXPECT_THAT(AllContacts(), SizeIs(2));
}

TEST_F(CaptureWithContacts, MakesAPersonInItsOrganization) {
  v1::CaptureLeadRequest form = Form("anna@acme.example");
  form.mutable_contact()->set_domain("www.Acme.example");
  form.mutable_contact()->set_organization("Acme");
  form.mutable_contact()->set_phone("+41 44 668 18 00");
  const std::string name = Capture(form).lead().contact();
  const std::vector<contact::v1::Contact> contacts = AllContacts();
  ASSERT_THAT(contacts, SizeIs(2));
  const auto& person = contacts[0].has_person() ? contacts[0] : contacts[1];
  const auto& organization = contacts[0].has_person() ? contacts[1] : contacts[0];
  EXPECT_EQ(person.name(), name);
  EXPECT_EQ(person.emails(0).address(), "anna@acme.example");
  EXPECT_EQ(person.phones(0).e164(), "+41446681800");
  ASSERT_EQ(person.employments_size(), 1);
  EXPECT_EQ(person.employments(0).organization(), organization.name());
  EXPECT_TRUE(person.employments(0).primary());
  EXPECT_EQ(organization.display_name(), "Acme");
  EXPECT_EQ(organization.organization().domain(), "acme.example");
}

TEST_F(CaptureWithContacts, FiftyFormsWithAnAddressMakeOneContactAndOneLead) {
  ExpectOne(CaptureAtOnce(Form("anna@acme.example"), false));
}

TEST_F(CaptureWithContacts, FiftyFormsWithANumberMakeOneContactAndOneLead) {
  v1::CaptureLeadRequest form = Form("");
  form.mutable_contact()->set_phone("+41 44 668 18 00");
  ExpectOne(CaptureAtOnce(form, false));
}

TEST_F(CaptureWithContacts, FiftyFormsOfAnOrganizationMakeOneOfEach) {
  v1::CaptureLeadRequest form = Form("");
  form.mutable_contact()->set_domain("acme.example");
  CaptureAtOnce(form, false);
  EXPECT_THAT(AllContacts(), SizeIs(2));
  EXPECT_EQ(Count("lead"), "1");
}

TEST_F(CaptureWithContacts, FiftyRetriesOfOneFormGetOneAnswer) {
  std::set<std::string> answers;
  for (const auto& answer : CaptureAtOnce(Form("anna@acme.example"), true)) {
    answers.insert(answer.lead().name() + std::to_string(answer.outcome()));
  }
  EXPECT_THAT(answers, SizeIs(1));
  EXPECT_THAT(AllContacts(), SizeIs(1));
  EXPECT_EQ(Count("activity"), "1");
}

TEST_F(CaptureWithContacts, WhatTheContactServiceRefusesIsTold) {
  v1::CaptureLeadRequest form = Form("anna@acme.example");
  form.mutable_contact()->set_domain("-no domain-");
  const auto refused = Call(&Stub::CaptureLead, form);
  EXPECT_EQ(Outcome(refused), "INVALID_ARGUMENT FIELD_INVALID");
  EXPECT_THAT(Fields(refused.status()), ::testing::ElementsAre("contact.domain"));
}

}  // namespace
}  // namespace crm::lead::testing
