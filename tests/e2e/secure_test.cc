// The whole pipeline by the real programs on a secured stack, as `up --secure` makes it: TLS,
// tokens, users of Redis, passwords of PostgreSQL. Who belongs gets through; what each may not, it
// cannot.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cpp/request_id.h"
#include "common/error/error.h"
#include "tests/e2e/secure_fixture.h"
#include "tests/e2e/walk.h"
#include "tests/support/await.h"
#include "tests/support/command.h"

namespace crm::testing {
namespace {

using ::testing::HasSubstr;

// Its account, the contact's stage and all events, of two tenants at once; and neither sees the
// other.
TEST_F(SecureTest, ThePipelineIsWalkedByTwoTenants) {
  const std::vector<std::string> tenants = {"acme", "globex"};
  std::vector<Walk> walks(tenants.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < tenants.size(); ++i) {
    threads.emplace_back(
        [&, i] { walks[i] = WalkToSale(As("agent", tenants[i]), "Larkspur Optics", 5'400'000); });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < tenants.size(); ++i) {
    const client::Client own = As("agent", tenants[i]);
    EXPECT_TRUE(
        Await(absl::Seconds(30), [&] { return AccountsOf(own, walks[i].organization) == 1; }));
    EXPECT_EQ(AccountsOf(As("manager", tenants[1 - i]), walks[i].organization), 0);
  }
  ASSERT_TRUE(Settle(*stack_));
  const auto all = client::Token::Fixed(Token("analyst", "--scopes crm.events.read_all"));
  ASSERT_TRUE(all.ok()) << all.status();
  ExpectStreamsEqualHistories(*stack_, ConnectTo(*stack_, {.token = *all}));
}

// What a caller of each kind may. A request is empty: who is let in is told what it lacks.
TEST_F(SecureTest, EachRoleMayWhatItsScopesSay) {
  const std::map<std::string, client::Client> callers = {
      {"agent", As("agent")},
      {"manager", As("manager")},
      {"analyst", As("analyst")},
      {"auditor", As("auditor")},
      {"no scope",
       ConnectTo(*stack_, {.token = *client::Token::Fixed(Token("agent", "--scopes other"))})},
      {"contact", ByCertificate("contact")},
      {"lead", ByCertificate("lead")},
      {"another certificate", ByCertificate("client")}};
  using Who = std::vector<std::string>;
  // Services are trusted by the others, not by themselves.
  const auto neighbours = [](client::Service service, Who who) {
    for (const auto* const name : {"contact", "lead"}) {
      if (NameOf(service) != std::string(name)) who.push_back(name);
    }
    return who;
  };
  const Who people = {"agent", "manager"};
  const Who managers = {"manager"};
  const auto expect = [&](const auto& request, const Who& people_allowed) {
    const client::Service service = client::MethodOf<std::decay_t<decltype(request)>>::kService;
    const Who allowed = neighbours(service, people_allowed);
    for (const auto& [name, caller] : callers) {
      SCOPED_TRACE(absl::StrCat(request.GetTypeName(), " by ", name));
      const std::string reason = error::ReasonOf(caller.Call(request).status());
      const bool nobody = name == "another certificate" || name == NameOf(service);
      const bool may = absl::c_linear_search(allowed, name);
      EXPECT_EQ(reason == "TOKEN_INVALID", nobody) << reason;
      EXPECT_EQ(reason == "SCOPE_MISSING", !nobody && !may) << reason;
    }
  };
  expect(contact::v1::ListContactsRequest(), people);
  expect(contact::v1::CreateContactRequest(), people);
  expect(contact::v1::ListAccountsRequest(), people);
  expect(lead::v1::ListLeadsRequest(), people);
  expect(lead::v1::ConvertLeadRequest(), people);
  expect(lead::v1::UpdateQualificationPolicyRequest(), managers);
  expect(lead::v1::UpdateAssignmentRulesRequest(), managers);
  expect(opportunity::v1::ListOpportunitiesRequest(), people);
  expect(opportunity::v1::WinOpportunityRequest(), people);
  expect(opportunity::v1::CreatePipelineRequest(), managers);
  for (const auto& [name, caller] : callers) {
    const auto page = caller.CallOn(client::Service::kLead, event::v1::ListStageEventsRequest());
    EXPECT_EQ(page.ok(), name == "analyst" || name == "contact") << name << page.status();
  }
}

TEST_F(SecureTest, NobodyGetsInInPlainText) {
  const auto client = client::Client::Connect(Addresses(), {.tenant = "default"});
  ASSERT_TRUE(client.ok()) << client.status();
  const auto answer = client->Call(lead::v1::ListLeadsRequest(), absl::Seconds(2));
  EXPECT_TRUE(absl::IsUnavailable(answer.status()) || absl::IsDeadlineExceeded(answer.status()))
      << answer.status();
}

// No caller is there any more when a conversion goes on: services trust each other's certificates.
TEST_F(SecureTest, AConversionIsCompletedWithoutAToken) {
  const client::Client client = As("agent", "umbrella");
  contact::v1::CreateContactRequest company;
  company.mutable_contact()->mutable_organization();
  company.mutable_contact()->set_display_name("Fennimore Glass");
  lead::v1::CreateLeadRequest create;
  create.mutable_lead()->set_owner("agent-7");
  create.mutable_lead()->set_contact(client.Call(company)->contact().name());
  create.mutable_first_activity()->set_type(lead::v1::ACTIVITY_TYPE_CALL);
  create.mutable_first_activity()->set_direction(lead::v1::ACTIVITY_DIRECTION_INBOUND);
  const auto created = client.Call(create);
  ASSERT_TRUE(created.ok()) << created.status();
  lead::v1::QualifyLeadRequest qualify;
  qualify.set_name(created->lead().name());
  qualify.set_override_reason("known for years");
  EXPECT_TRUE(client.Call(qualify).ok());

  stack_->Kill("opportunity", SIGKILL);
  lead::v1::ConvertLeadRequest convert;
  convert.set_name(created->lead().name());
  convert.set_opportunity_display_name("Forty panes");
  convert.set_request_id(client::NewRequestId());
  lead::v1::GetLeadRequest get;
  get.set_name(convert.name());
  const auto state = [&] {
    const auto lead = client.Call(get);
    return lead.ok() ? lead->lead().state() : lead::v1::LEAD_STATE_UNSPECIFIED;
  };
  EXPECT_TRUE(Await(absl::Seconds(30), [&] {
    EXPECT_FALSE(client.Call(convert, absl::Seconds(1)).ok());
    return state() == lead::v1::LEAD_STATE_CONVERTING;
  }));
  stack_->Start();
  EXPECT_TRUE(Await(absl::Minutes(1), [&] { return state() == lead::v1::LEAD_STATE_CONVERTED; }));
}

TEST_F(SecureTest, ATokenFileIsRefreshedUnderARunningClient) {
  const std::string file = stack_->folder() + "/tokens/refreshed";
  const auto renew = [&](const std::string& options) {
    Shell(absl::StrCat("deploy/local/token ", stack_->folder(), "/secrets agent ", options, " >",
                       file, ".new && mv ", file, ".new ", file));
  };
  renew("--actor mara");
  const auto token = client::Token::FromFile(file);
  ASSERT_TRUE(token.ok()) << token.status();
  const client::Client client = ConnectTo(*stack_, {.token = *token});
  const auto create = [&] {
    contact::v1::CreateContactRequest request;
    request.mutable_contact()->mutable_organization();
    request.mutable_contact()->set_display_name("Refreshed");
    return client.Call(request).status();
  };
  const auto actors = [] {
    return Shell(
        "psql -XtA \"$CRM_DATABASE_URL\" -c \"SELECT DISTINCT r.actor FROM "
        "crm_contact.revision r JOIN crm_contact.contact c USING (tenant, id) "
        "WHERE c.display_name = 'Refreshed'\"");
  };
  EXPECT_TRUE(create().ok());
  renew("--actor jonas");  // the one before has not ended: no call fails
  EXPECT_TRUE(Await(absl::Seconds(30), [&] {
    EXPECT_TRUE(create().ok());
    return absl::StrContains(actors(), "jonas");
  }));
  EXPECT_THAT(actors(), HasSubstr("mara"));
  renew("--minutes -5");
  EXPECT_TRUE(
      Await(absl::Seconds(30), [&] { return error::ReasonOf(create()) == "TOKEN_INVALID"; }));
  renew("");
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return create().ok(); }));
}

}  // namespace
}  // namespace crm::testing
