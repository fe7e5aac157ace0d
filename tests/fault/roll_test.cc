// Replicas that end and come back while the whole fleet is called.

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/methods.h"
#include "clients/cpp/payload.h"
#include "clients/cpp/request_id.h"
#include "common/rpc/channel.h"
#include "tests/fault/callers.h"
#include "tests/fault/deeds.h"
#include "tests/fault/fleet.h"
#include "tests/support/await.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"

namespace crm::testing {
namespace {

Stores NewStores() {
  static PostgresServer postgres({.max_connections = 200});
  RedisServer::Shared().FlushAll();
  return {absl::StrCat("127.0.0.1:", postgres.port()), postgres.CreateDatabase(),
          RedisServer::Shared().Url()};
}

// The folder of the programs that tests/fault/upgrade upgrades from; elsewhere the present ones.
std::string ProgramsBefore() {
  const char* const folder = std::getenv("CRM_UPGRADE_FROM");
  return folder == nullptr ? "" : folder;
}

TEST(RollTest, NoCallFailsWhileTheSchemaIsMigratedAndEveryReplicaReplaced) {
  const std::string before = ProgramsBefore();
  Fleet fleet(NewStores(), {.programs = before});
  Callers callers(fleet.addresses());
  std::printf("%.0f calls a second\n", callers.rate());
  callers.Start();
  if (!before.empty()) fleet.Restart(*fleet.replicas()[0], SIGTERM);
  fleet.Migrate();
  if (!before.empty()) fleet.Restart(*fleet.replicas()[1], SIGTERM, before);
  fleet.Roll();
  const CallReport report = callers.Stop();
  std::printf("%s\n", report.Text().c_str());
  EXPECT_EQ(report.failed.size(), 0u);
  EXPECT_GT(report.answered, 0);
  ExpectWhole(callers.deeds(), fleet);
}

TEST(KillTest, WhatWasAcknowledgedOutlivesTheReplicasThatAcknowledgedIt) {
  Fleet fleet(NewStores());
  Callers callers(fleet.addresses());
  callers.Start();
  for (const client::Service service : kAllServices) {
    fleet.Restart(*fleet.Of(service)[0], SIGKILL);
  }
  const CallReport report = callers.Stop();
  std::printf("%s\n", report.Text().c_str());
  for (const FailedCall& call : report.failed) {
    EXPECT_EQ(call.status.code(), absl::StatusCode::kUnavailable) << call.request << call.status;
  }
  ExpectWhole(callers.deeds(), fleet);
}

// The moment in which calls are lost: gRPC refuses with CANCELLED what arrives after the server's
// Shutdown, and a client goes on sending until it has read that the server is going
// (https://github.com/grpc/grpc/issues/41785). Here a client reads nothing in between.
class Moment {
 public:
  Moment(const std::string& target, rpc::HealthChecks checks) : stub_(Connect(target, checks)) {}

  // Calls and reads for a while, as ever.
  void Live(absl::Duration time) {
    for (const absl::Time end = absl::Now() + time; absl::Now() < end;) {
      Send();
      Receive(1);
    }
  }

  // What became of calls that are sent now, before anything is read: the codes of those that were
  // not answered by the service.
  std::vector<grpc::StatusCode> Cross() {
    constexpr int kCalls = 20;
    for (int i = 0; i < kCalls; ++i) Send();
    return Receive(kCalls);
  }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    grpc::Status status;
    std::unique_ptr<grpc::ClientAsyncResponseReader<grpc::ByteBuffer>> reader;
  };

  static std::shared_ptr<grpc::Channel> Connect(const std::string& target,
                                                rpc::HealthChecks checks) {
    const auto channel = rpc::MakeChannel({.target = target,
                                           .service_config = rpc::ServiceConfigJson(
                                               {"crm.opportunity.v1.OpportunityService"}, checks)});
    EXPECT_TRUE(channel.ok()) << channel.status();
    return *channel;
  }

  void Send() {
    opportunity::v1::GetOpportunityRequest request;
    request.set_name("opportunities/" + client::NewRequestId());
    auto* const call = new Call();
    rpc::Prepare(call->context, {.tenant = "default", .actor = "moment"}, absl::Seconds(20));
    call->reader = stub_.PrepareUnaryCall(
        &call->context, client::MethodOf<opportunity::v1::GetOpportunityRequest>::Path(),
        client::Pack(request), &queue_);
    call->reader->StartCall();
    call->reader->Finish(&call->response, &call->status, call);
  }

  std::vector<grpc::StatusCode> Receive(int count) {
    std::vector<grpc::StatusCode> lost;
    for (int i = 0; i < count; ++i) {
      void* tag = nullptr;
      bool ok = false;
      queue_.Next(&tag, &ok);
      const std::unique_ptr<Call> call(static_cast<Call*>(tag));
      const grpc::StatusCode code = call->status.error_code();
      if (code != grpc::StatusCode::NOT_FOUND) lost.push_back(code);  // there is no such thing
    }
    return lost;
  }

  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
};

struct MomentCase {
  const char* name;
  rpc::HealthChecks checks;
  absl::Duration drain_delay;
  bool lost;
};

class MomentTest : public ::testing::TestWithParam<MomentCase> {};

TEST_P(MomentTest, CallsAreLostUnlessClientsHaveLeftBefore) {
  const MomentCase& it = GetParam();
  Fleet fleet(NewStores(),
              {.drain_delay = it.drain_delay, .services = {client::Service::kOpportunity}});
  Moment client(fleet.addresses().opportunity, it.checks);
  client.Live(absl::Milliseconds(500));
  Replica& leaving = *fleet.Of(client::Service::kOpportunity)[0];
  EXPECT_GT(leaving.Calls(), 0);
  leaving.Signal(SIGTERM);
  client.Live(it.drain_delay / 2);
  ASSERT_TRUE(Await(absl::Seconds(20), [&] { return !leaving.Listens(); }));
  const std::vector<grpc::StatusCode> lost = client.Cross();
  if (it.lost) {
    EXPECT_THAT(lost, ::testing::Contains(grpc::StatusCode::CANCELLED));
  } else {
    EXPECT_THAT(lost, ::testing::IsEmpty());
  }
  EXPECT_EQ(leaving.Wait(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    All, MomentTest,
    ::testing::Values(MomentCase{"NoDelay", rpc::HealthChecks::kYes, absl::ZeroDuration(), true},
                      MomentCase{"NoHealthChecks", rpc::HealthChecks::kNo, absl::Seconds(1), true},
                      MomentCase{"AsShipped", rpc::HealthChecks::kYes, absl::Seconds(4), false}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace crm::testing
