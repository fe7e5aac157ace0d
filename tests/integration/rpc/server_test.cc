#include <fstream>

#include "tests/integration/rpc/probe_server.h"
#include "tests/support/health.h"

namespace crm::rpc {
namespace {

using testing::HealthOf;

constexpr char kService[] = "crm.probe.v1.ProbeService";

TEST(ServerTest, NothingServesUntilItIsSaidTo) {
  ProbeServer server;
  EXPECT_EQ(HealthOf(server.channel(), ""), testing::kNotServing);
  EXPECT_EQ(HealthOf(server.channel(), kService), testing::kNotServing);
  EXPECT_EQ(HealthOf(server.channel(), "crm.other.v1.Service"), testing::kUnknown);
  server.server().SetServing(true);
  EXPECT_EQ(HealthOf(server.channel(), ""), testing::kServing);
  EXPECT_EQ(HealthOf(server.channel(), kService), testing::kServing);
  server.server().SetServing(kService, false);
  EXPECT_EQ(HealthOf(server.channel(), kService), testing::kNotServing);
}

TEST(ServerTest, ASecondServerOnThePortDoesNotStart) {
  ProbeServer server;
  Server second({.listen = server.Address()});
  EXPECT_EQ(second.Start().code(), absl::StatusCode::kUnavailable);
}

TEST(ServerTest, InPlaintextItListensOnLoopbackOnly) {
  EXPECT_EQ(Server({.listen = "0.0.0.0:0"}).Start().code(), absl::StatusCode::kInvalidArgument);
  Server secure({.listen = "0.0.0.0:0",
                 .credentials = grpc::experimental::LocalServerCredentials(LOCAL_TCP)});
  EXPECT_TRUE(secure.Start().ok());
  Server open({.listen = "0.0.0.0:0", .allow_insecure_listen = true});
  EXPECT_TRUE(open.Start().ok());
}

TEST(ServerTest, ThePortIsWrittenToAFile) {
  const std::string path = ::testing::TempDir() + "/probe_port";
  Server server({.port_file = path});
  ASSERT_TRUE(server.Start().ok());
  int port = 0;
  std::ifstream(path) >> port;
  EXPECT_EQ(port, server.selected_port());
  std::remove(path.c_str());
}

TEST(ServerTest, ADrainingServerFinishesWhatItHasBegun) {
  Door door;
  ProbeHandlers handlers;
  handlers.echo = [&](const CallContext&, const v1::EchoRequest&, v1::Probe&) {
    door.Enter();
    return absl::OkStatus();
  };
  ProbeServer server(handlers);
  server.server().SetServing(true);
  auto answer = server.Later(&v1::ProbeService::Stub::Echo);
  ASSERT_TRUE(door.AwaitArrivals(1));
  std::thread drain([&] { server.server().Drain(absl::Milliseconds(500), absl::Seconds(10)); });
  EXPECT_TRUE(testing::Await(absl::Seconds(10), [&] {
    return HealthOf(server.channel(), kService) != testing::kServing;
  }));
  door.Open();
  drain.join();
  EXPECT_TRUE(answer.get().ok());
}

TEST(ChannelTest, RetryableMethodsAreTriedAgainWhenUnavailable) {
  std::atomic<int> tries{0};
  ProbeHandlers handlers;
  handlers.echo = [&](const CallContext&, const v1::EchoRequest&, v1::Probe&) -> absl::Status {
    if (++tries < 3) {
      return error::Unavailable(error::kDatabaseUnavailable, "Away.", absl::Milliseconds(1));
    }
    return absl::OkStatus();
  };
  ProbeServer server(handlers, {}, {"crm.probe.v1.ProbeService/Echo"});
  EXPECT_TRUE(server.Echo({}).ok());
  EXPECT_EQ(tries, 3);
  tries = 0;
  EXPECT_EQ(server.Later(&v1::ProbeService::Stub::Peek).get().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(tries, 1);
}

TEST(ChannelTest, TheCallersDeadlineBoundsTheNextCall) {
  CallContext context;
  context.deadline = base::Deadline::After(absl::Seconds(1));
  const auto near = ClientContextFor(context, absl::Seconds(60));
  const absl::Duration left = absl::FromChrono(near->deadline()) - absl::Now();
  EXPECT_LT(absl::AbsDuration(left - context.deadline.Left()), absl::Milliseconds(100));
  const auto far = ClientContextFor(CallContext{}, absl::Seconds(60));
  EXPECT_GT(absl::FromChrono(far->deadline()), absl::Now() + absl::Seconds(50));
}

}  // namespace
}  // namespace crm::rpc
