#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/fault/fleet.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/service_fixture.h"

namespace crm::testing {

using client::Service;

inline constexpr absl::Duration kLong = absl::Minutes(1);
inline constexpr char kCanary[] = "zanzibar";

// One replica of each service, and people with a word in every text that is kept of them.
class CanaryFleet : public ::testing::Test {
 protected:
  explicit CanaryFleet(const std::string& environment = "")
      : fleet_(
            {absl::StrCat("127.0.0.1:", PostgresServer::Shared().port()), database_, redis_.Url()},
            {.drain_delay = absl::ZeroDuration(), .environment = environment, .replicas = 1}),
        client_(fleet_.Client()) {}

  std::string Sql(const std::string& sql) { return PostgresServer::Shared().Run(database_, sql); }
  Replica& The(Service service) { return *fleet_.Of(service)[0]; }

  // The process ends; what it said is kept.
  void End(Service service, int signal) {
    The(service).Signal(signal);
    The(service).Wait();
    output_ += The(service).Output();
  }

  // Holds the rows of a table until it is gone.
  std::unique_ptr<Command> Hold(const std::string& table) {
    auto held = std::make_unique<Command>(
        absl::StrCat("exec psql -X -q -d ", Quoted(PostgresServer::Shared().Url(database_)),
                     " -c 'BEGIN' -c 'SELECT count(*) FROM (SELECT FROM ", table,
                     " FOR UPDATE) AS held' -c \"SELECT 'held'\" -c 'SELECT pg_sleep(600)'"));
    EXPECT_TRUE(Await(kLong, [&] {
      return absl::StrContains(held->Output(), "held\n(") ||
             absl::StrContains(held->Output(), " held");
    }));
    return held;
  }
  void Release(std::unique_ptr<Command> held) {
    held->Signal(SIGKILL);
    held->Wait();
    Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE "
        "'SELECT pg_sleep(600)%' AND datname = current_database()");
  }

  // Calls until a service that was away answers.
  template <class Request>
  client::ResponseOf<Request> Call(const Request& request) {
    client::ResponseOf<Request> response;
    absl::Status last;
    EXPECT_TRUE(Await(kLong, [&] {
      auto answer = client_.Call(request);
      last = answer.status();
      if (answer.ok()) response = *std::move(answer);
      return last.ok() || !(absl::IsUnavailable(last) || absl::IsDeadlineExceeded(last));
    }));
    EXPECT_TRUE(last.ok()) << Request::descriptor()->name() << ": " << last;
    return response;
  }

  static std::string Text() { return absl::StrCat(kCanary, " ", NewUuid()); }

  std::string Organization() {
    contact::v1::CreateContactRequest request;
    request.mutable_contact()->set_display_name("Acme");
    request.mutable_contact()->mutable_organization();
    return Call(request).contact().name();
  }
  // With something in every text of a person, or of an organization.
  std::string Contact(bool person, bool employed = false) {
    contact::v1::CreateContactRequest request;
    contact::v1::Contact& it = *request.mutable_contact();
    it.set_display_name(Text());
    it.set_external_id(Text());
    (*it.mutable_attributes())["said"] = Text();
    contact::v1::EmailAddress& email = *it.add_emails();
    email.set_address(absl::StrCat(kCanary, NewUuid(), "@acme.example"));
    email.set_label(kCanary);
    contact::v1::PhoneNumber& phone = *it.add_phones();
    phone.set_number(absl::StrCat("no number ", kCanary));
    phone.set_label(kCanary);
    if (person) {
      it.mutable_person()->set_given_name(Text());
      it.mutable_person()->set_family_name(Text());
      if (!employed) return Call(request).contact().name();
      contact::v1::Employment& employment = *it.add_employments();
      employment.set_organization(employer_);
      employment.set_job_title(Text());
      employment.set_department(Text());
    } else {
      it.mutable_organization()->set_domain(absl::StrCat(kCanary, NewUuid(), ".example"));
      it.mutable_organization()->set_industry(Text());
      it.mutable_organization()->set_location(Text());
    }
    return Call(request).contact().name();
  }

  std::string Lead(const std::string& contact) {
    lead::v1::CreateLeadRequest create;
    lead::v1::Lead& it = *create.mutable_lead();
    it.set_contact(contact);
    it.set_owner("agent-7");
    it.set_source_detail(Text());
    it.set_external_id(Text());
    it.mutable_next_step()->set_text(Text());
    (*it.mutable_attributes())["said"] = Text();
    create.mutable_first_activity()->set_type(lead::v1::ACTIVITY_TYPE_MEETING);
    create.mutable_first_activity()->set_direction(lead::v1::ACTIVITY_DIRECTION_OUTBOUND);
    create.mutable_first_activity()->set_summary(Text());
    const std::string name = Call(create).lead().name();
    lead::v1::AssessCriterionRequest assess;
    assess.set_name(name);
    assess.mutable_assessment()->set_criterion(lead::v1::CRITERION_NEED);
    assess.mutable_assessment()->set_finding(lead::v1::FINDING_MET);
    assess.mutable_assessment()->set_source(lead::v1::EVIDENCE_SOURCE_CALL);
    assess.mutable_assessment()->set_observation(Text());
    Call(assess);
    lead::v1::AssignLeadRequest assign;
    assign.set_name(name);
    assign.set_owner("agent-8");
    assign.set_reason(Text());
    Call(assign);
    return name;
  }
  // One that is lost, and one that becomes an opportunity, which is won.
  void Leads(const std::string& contact) {
    lead::v1::DisqualifyLeadRequest disqualify;
    disqualify.set_name(Lead(contact));
    disqualify.set_reason(lead::v1::DISQUALIFY_REASON_OTHER);
    disqualify.set_note(Text());
    Call(disqualify);
    lead::v1::QualifyLeadRequest qualify;
    qualify.set_name(Lead(contact));
    qualify.set_override_reason(Text());
    Call(qualify);
    lead::v1::ConvertLeadRequest convert;
    convert.set_name(qualify.name());
    convert.set_opportunity_display_name(Text());
    convert.set_override_reason(Text());
    Win(Call(convert).opportunity());
  }
  void Win(const std::string& name) {
    opportunity::v1::WinOpportunityRequest win;
    win.set_name(name);
    win.set_override_reason(Text());
    win.mutable_amount()->set_currency_code("EUR");
    win.mutable_amount()->set_amount_minor(123'400);
    Call(win);
  }
  void Opportunity(const std::string& contact) {
    opportunity::v1::OpenOpportunityRequest open;
    opportunity::v1::Opportunity& it = *open.mutable_opportunity();
    it.set_display_name(Text());
    it.set_contact(contact);
    it.set_external_id(Text());
    it.mutable_next_step()->set_text(Text());
    (*it.mutable_attributes())["said"] = Text();
    it.add_needs()->set_text(Text());
    it.mutable_present_supplier()->set_display_name(Text());
    it.mutable_payment_terms()->set_text(Text());
    it.add_competitors()->set_display_name(Text());
    it.mutable_competitors(0)->set_note(Text());
    opportunity::v1::LoseOpportunityRequest lose;
    lose.set_name(Call(open).opportunity().name());
    lose.set_loss_reason(opportunity::v1::LOSS_REASON_OTHER);
    lose.set_note(Text());
    Call(lose);
  }
  // A person with all of it and perhaps an employer, once the account of the win is there.
  std::string Person(bool employed) {
    const std::string name = Contact(true, employed);
    Leads(name);
    Opportunity(name);
    EXPECT_TRUE(Await(kLong, [&] {
      return Sql(absl::StrCat("SELECT count(*) FROM crm_contact.account_win WHERE contact = '",
                              name.substr(9), "'")) == "1";
    }));
    return name;
  }

  const std::string database_ = PostgresServer::Shared().CreateDatabase();
  RedisServer redis_;
  Fleet fleet_;
  client::Client client_;
  const std::string employer_ = Organization();
  std::string output_;  // of processes that have ended
};

}  // namespace crm::testing
