#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/error/error.h"
#include "common/pg/connection.h"
#include "tests/fault/fleet.h"
#include "tests/support/await.h"
#include "tests/support/contact_book.h"
#include "tests/support/lead_book.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"
#include "tests/support/service_fixture.h"
#include "tests/support/stack.h"

// crm-lead, a variant with failpoints (common/failpoint), and crm-opportunity on real stores.
namespace crm::testing {

using client::Service;
using lead::v1::ConvertLeadRequest;
using lead::v1::ConvertLeadResponse;
using opportunity::v1::DeleteOpportunityRequest;

inline constexpr absl::Duration kShort = absl::Seconds(1);

// Leads for which the invariant does not hold, of one tenant.
inline constexpr char kBroken[] =
    "SELECT count(*) FROM crm_lead.lead l LEFT JOIN LATERAL (SELECT count(*) AS made, "
    "min(o.id::text) AS id FROM crm_opportunity.opportunity o WHERE o.tenant = l.tenant AND o.lead "
    "= l.id) o ON true LEFT JOIN LATERAL (SELECT count(*) AS completed, min(c.opportunity::text) "
    "AS id FROM crm_lead.conversion c WHERE c.tenant = l.tenant AND c.lead = l.id AND c.state = "
    "'COMPLETED') c ON true WHERE l.tenant = '$TENANT' AND NOT ((l.state = 'QUALIFIED' AND o.made "
    "= 0 AND c.completed = 0) OR (l.state = 'CONVERTED' AND o.made = 1 AND c.completed = 1 AND "
    "o.id = c.id))";

class ConversionFaultTest : public ::testing::Test {
 protected:
  explicit ConversionFaultTest(const std::string& environment = "")
      : fleet_(
            {absl::StrCat("127.0.0.1:", postgres().port()), database_, RedisServer::Shared().Url()},
            {.drain_delay = absl::ZeroDuration(),
             .flags = "--contact-address " + contacts_.address(),
             .environment = environment,
             .services = {Service::kLead, Service::kOpportunity}}),
        client_(fleet_.Client()) {}
  ~ConversionFaultTest() override { unsetenv("CRM_FAILPOINTS"); }

  static PostgresServer& postgres() {
    static PostgresServer server({.max_connections = 200});
    return server;
  }

  std::string Sql(const std::string& sql) { return postgres().Run(database_, sql); }
  std::string Broken() { return Sql(absl::StrReplaceAll(kBroken, {{"$TENANT", kTenant}})); }

  // A lead that is fit for conversion.
  std::string Qualified(const std::string& contact = "contacts/" + NewUuid()) {
    lead::v1::CreateLeadRequest create;
    create.mutable_lead()->set_contact(contact);
    create.mutable_lead()->set_owner("agent-7");
    create.mutable_first_activity()->set_type(lead::v1::ACTIVITY_TYPE_CALL);
    create.mutable_first_activity()->set_direction(lead::v1::ACTIVITY_DIRECTION_OUTBOUND);
    const auto created = client_.Call(create);
    EXPECT_TRUE(created.ok()) << created.status();
    if (!created.ok()) return "";
    lead::v1::QualifyLeadRequest qualify;
    qualify.set_name(created->lead().name());
    qualify.set_override_reason("known for years");
    const auto qualified = client_.Call(qualify);
    EXPECT_TRUE(qualified.ok()) << qualified.status();
    return created->lead().name();
  }
  ConvertLeadRequest Request(const std::string& pipeline = "") {
    ConvertLeadRequest request;
    request.set_name(Qualified());
    request.set_request_id(NewUuid());
    request.set_opportunity_display_name("Forty presses");
    request.set_pipeline(pipeline);
    return request;
  }
  // To attach a lead to an opportunity.
  static ConvertLeadRequest AttachRequest(const std::string& lead, const std::string& opportunity) {
    ConvertLeadRequest request;
    request.set_name(lead);
    request.set_request_id(NewUuid());
    request.set_opportunity(opportunity);
    return request;
  }
  // One that came from no lead.
  std::string Unattached(const std::string& contact) {
    opportunity::v1::OpenOpportunityRequest open;
    open.mutable_opportunity()->set_display_name("Forty presses");
    open.mutable_opportunity()->set_contact(contact);
    const auto opened = client_.Call(open);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? opened->opportunity().name() : "";
  }
  std::string ReasonOf(const ConvertLeadRequest& request) {
    return error::ReasonOf(client_.Call(request).status());
  }
  lead::v1::Lead Get(const std::string& name) {
    lead::v1::GetLeadRequest request;
    request.set_name(name);
    lead::v1::Lead lead;
    // A channel may need a while to find that a replica is back.
    EXPECT_TRUE(Await(absl::Minutes(1), [&] {
      const auto response = client_.Call(request);
      if (response.ok()) lead = response->lead();
      return response.ok();
    }));
    return lead;
  }
  // The conversion once it goes on no more.
  lead::v1::ConversionState EndOf(const ConvertLeadRequest& request) {
    lead::v1::GetConversionRequest get;
    get.set_name("conversions/" + request.request_id());
    get.set_wait(true);
    lead::v1::ConversionState state = lead::v1::CONVERSION_STATE_UNSPECIFIED;
    Await(absl::Minutes(2), [&] {
      const auto response = client_.Call(get);
      if (response.ok()) state = response->conversion().state();
      return response.ok() && state != lead::v1::CONVERSION_STATE_STARTED;
    });
    return state;
  }

  // Makes calls, each by a thread of its own, and returns how they end.
  std::vector<absl::StatusOr<ConvertLeadResponse>> Convert(
      const std::vector<ConvertLeadRequest>& requests, absl::Duration limit) {
    std::vector<absl::StatusOr<ConvertLeadResponse>> outcomes(requests.size(),
                                                              absl::UnknownError("not run"));
    std::vector<std::thread> threads;
    for (size_t i = 0; i < requests.size(); ++i) {
      threads.emplace_back([&, i] { outcomes[i] = client_.Call(requests[i], limit); });
    }
    for (std::thread& thread : threads) thread.join();
    return outcomes;
  }

  // Begins conversions that cannot end yet.
  void Begin(const std::vector<ConvertLeadRequest>& requests) {
    const auto begun = [&](const auto& request) {
      return Get(request.name()).state() != lead::v1::LEAD_STATE_QUALIFIED;
    };
    EXPECT_TRUE(Await(absl::Minutes(1), [&] {
      for (const auto& outcome : Convert(requests, kShort)) EXPECT_FALSE(outcome.ok());
      return std::all_of(requests.begin(), requests.end(), begun);
    }));
  }

  // Each contact that was to get an organization works in one, and no other was made.
  void ExpectEmployers(const std::vector<std::vector<ConvertLeadRequest>>& begun) {
    std::set<std::string> employers;
    size_t persons = 0;
    for (const auto& group : begun) {
      for (const ConvertLeadRequest& request : group) {
        if (!request.has_new_organization()) continue;
        ++persons;
        const auto found = contacts_.EmployersOf(Get(request.name()).contact());
        EXPECT_EQ(found.size(), 1u);
        employers.insert(found.begin(), found.end());
      }
    }
    EXPECT_GT(persons, 0u);
    EXPECT_EQ(employers.size(), persons);
    EXPECT_EQ(contacts_.made(), persons);
  }

  Replica& Lead(size_t number) { return *fleet_.Of(Service::kLead)[number]; }
  void End(Replica& replica, int signal) {
    replica.Signal(signal);
    replica.Wait();
  }
  // One replica of crm-lead, with these faults; the other one is away.
  void StartWith(const std::string& failpoints) {
    // Nothing that was left behind is due, or its completer would stumble over it too.
    Sql("UPDATE crm_lead.conversion SET next_attempt_time = now() + interval '5 minutes' WHERE "
        "state = 'STARTED'");
    setenv("CRM_FAILPOINTS", failpoints.c_str(), 1);
    Lead(0).Start(BuildFolder() + "/failpoints");
    unsetenv("CRM_FAILPOINTS");
  }
  // Converts leads while crm-lead dies at `place`.
  void CrashAt(const std::string& place, const std::vector<ConvertLeadRequest>& requests) {
    StartWith(place + "=crash");
    EXPECT_TRUE(Await(absl::Minutes(1), [&] {
      for (const auto& outcome : Convert(requests, absl::Seconds(2))) EXPECT_FALSE(outcome.ok());
      return !Lead(0).Listens();
    })) << place;
    EXPECT_EQ(Lead(0).Wait(), 128 + SIGKILL) << place << ": " << Lead(0).Output();
    EXPECT_TRUE(absl::StrContains(Lead(0).Output(), absl::StrCat("failpoint ", place, " crash")));
  }

  static constexpr char kTenant[] = "default";
  const std::string database_ = postgres().CreateDatabase();
  ContactBook contacts_;
  Fleet fleet_;
  client::Client client_;
};

}  // namespace crm::testing
