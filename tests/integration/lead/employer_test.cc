// Employers that conversions give to contacts, beside the real contact service.

#include "services/lead/clients/grpc_conversion_facts.h"
#include "services/lead/clients/grpc_employer_linker.h"
#include "tests/integration/contact/fixture.h"
#include "tests/integration/lead/fixture.h"

namespace crm::lead::testing {
namespace {

using PeopleStub = contact::v1::ContactService::Stub;

class Employers : public crm::testing::TenantTest {
 protected:
  static contact::testing::RunningService& People() {
    return crm::testing::SharedService<contact::testing::RunningService>::Get();
  }
  contact::v1::Contact Add(const contact::v1::CreateContactRequest& request) {
    const auto made = CallOn(People().contacts(), &PeopleStub::CreateContact, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->contact() : contact::v1::Contact();
  }
  contact::v1::Contact Organization(const std::string& domain) {
    contact::v1::CreateContactRequest request;
    request.mutable_contact()->set_display_name("Acme");
    request.mutable_contact()->mutable_organization()->set_domain(domain);
    return Add(request);
  }
  contact::v1::Contact Read(const std::string& name) {
    contact::v1::GetContactRequest request;
    request.set_name(name);
    const auto found = CallOn(People().contacts(), &PeopleStub::GetContact, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() ? found->contact() : contact::v1::Contact();
  }
  std::vector<std::string> EmployersOf(const std::string& person) {
    std::vector<std::string> names;
    const contact::v1::Contact contact = Read(person);
    for (const auto& it : contact.employments()) names.push_back(it.organization());
    return names;
  }
  EmploymentOrder Order(const std::string& person, const std::string& domain) {
    EmploymentOrder order;
    order.tenant = tenant();
    order.actor = "mara";
    order.deadline = base::Deadline::After(absl::Seconds(30));
    order.conversion = *base::Uuid::Parse(NewUuid());
    order.contact = *base::Uuid::Parse(person.substr(9));
    order.employer.display_name = "Acme";
    order.employer.domain = domain;
    return order;
  }
  std::string Person() {
    contact::v1::CreateContactRequest request;
    request.mutable_contact()->set_display_name("Anna Snelling");
    request.mutable_contact()->mutable_person();
    return Add(request).name();
  }
  void Edit(contact::v1::Contact contact, const std::string& field) {
    contact::v1::UpdateContactRequest request;
    *request.mutable_contact() = std::move(contact);
    request.mutable_update_mask()->add_paths(field);
    EXPECT_TRUE(CallOn(People().contacts(), &PeopleStub::UpdateContact, request).ok());
  }

  GrpcEmployerLinker linker_{People().channel()};
  GrpcConversionFacts facts_{People().channel(), People().channel()};
};

TEST_F(Employers, AreMadeOnceHoweverOftenTheyAreOrdered) {
  const std::string anna = Person();
  const EmploymentOrder order = Order(anna, "acme.example");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(linker_.Link(order).opening, Opening::kOpened);
  const std::string made = "contacts/" + OrganizationIdOf(order.conversion).ToString();
  EXPECT_EQ(EmployersOf(anna), std::vector{made});
  EXPECT_TRUE(Read(anna).employments(0).primary());
  EXPECT_EQ(Read(made).organization().domain(), "acme.example");
  // As if an attempt came back after the keys of requests have expired.
  People().Sql("DELETE FROM idempotency");
  EXPECT_EQ(linker_.Link(order).opening, Opening::kOpened);
  EXPECT_EQ(EmployersOf(anna), std::vector{made});
}

TEST_F(Employers, AreTakenFromTheDomainOrTheRequest) {
  const std::string acme = Organization("acme.example").name();
  const std::string other = Organization("other.example").name();
  const std::string anna = Person();
  EXPECT_EQ(linker_.Link(Order(anna, "WWW.acme.example")).opening, Opening::kOpened);
  EmploymentOrder named = Order(anna, "");
  named.employer.organization = base::Uuid::Parse(other.substr(9));
  EXPECT_EQ(linker_.Link(named).opening, Opening::kOpened);
  EXPECT_EQ(EmployersOf(anna), (std::vector{acme, other}));
  EXPECT_TRUE(Read(anna).employments(0).primary()) << "what was there stays the primary one";
  EXPECT_EQ(linker_.Link(Order(anna, "acme.example")).opening, Opening::kOpened);
  EXPECT_EQ(EmployersOf(anna).size(), 2u) << "she works there already";
}

TEST_F(Employers, WhatAPersonHasTakenOutStaysOut) {
  const std::string anna = Person();
  const EmploymentOrder order = Order(anna, "acme.example");
  EXPECT_EQ(linker_.Link(order).opening, Opening::kOpened);
  contact::v1::Contact contact = Read(anna);
  contact.clear_employments();
  Edit(contact, "employments");
  EXPECT_EQ(linker_.Link(order).opening, Opening::kOpened);
  EXPECT_TRUE(EmployersOf(anna).empty());
}

TEST_F(Employers, ThatCannotBeAreRefused) {
  const std::string anna = Person();
  EmploymentOrder order = Order(anna, "");
  order.employer.organization = base::Uuid::Parse(NewUuid());
  EXPECT_EQ(linker_.Link(order).opening, Opening::kRefused);
  const std::string acme = Organization("acme.example").name();
  EXPECT_EQ(linker_.Link(Order(acme, "other.example")).opening, Opening::kRefused)
      << "an organization works nowhere";
  order.deadline = base::Deadline::After(absl::ZeroDuration());
  EXPECT_EQ(linker_.Link(order).opening, Opening::kUnknown);
}

TEST_F(Employers, AreMatchedAsTheyWillBe) {
  const std::string acme = Organization("acme.example").name();
  const base::Deadline deadline = base::Deadline::After(absl::Seconds(30));
  PlannedEmployer plan;
  plan.display_name = "Acme";
  EXPECT_EQ(facts_.FindEmployer(tenant(), plan, deadline)->match, EmployerMatch::kNew);
  plan.domain = "acme.example.";
  EXPECT_EQ(*facts_.FindEmployer(tenant(), plan, deadline),
            (EmployerOutlook{EmployerMatch::kDomain, acme}));
  plan.domain = "new.example";
  EXPECT_EQ(facts_.FindEmployer(tenant(), plan, deadline)->match, EmployerMatch::kNew);
  plan.domain = "no domain";
  EXPECT_TRUE(absl::IsInvalidArgument(facts_.FindEmployer(tenant(), plan, deadline).status()));
  plan.organization = base::Uuid::Parse(acme.substr(9));
  EXPECT_EQ(*facts_.FindEmployer(tenant(), plan, deadline),
            (EmployerOutlook{EmployerMatch::kRequest, acme}));
  plan.organization = base::Uuid::Parse(Person().substr(9));
  EXPECT_TRUE(facts_.FindEmployer(tenant(), plan, deadline)->missing);
}

}  // namespace
}  // namespace crm::lead::testing
