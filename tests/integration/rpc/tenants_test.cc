#include "absl/strings/match.h"
#include "tests/integration/rpc/probe_server.h"

namespace crm::rpc {
namespace {

using Stub = v1::ProbeService::Stub;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

TEST(TenantsTest, ATenantBeyondItsRateIsRefusedAndToldWhenToComeBack) {
  ProbeServer server({}, {}, {}, {.rate = 1, .burst = 3});
  int ok = 0;
  std::vector<std::future<absl::Status>> calls;
  for (int i = 0; i < 40; ++i) calls.push_back(server.Later(&Stub::Echo, "", "many"));
  absl::Status refused;
  for (auto& call : calls) {
    const absl::Status status = call.get();
    status.ok() ? static_cast<void>(++ok) : static_cast<void>(refused = status);
  }
  EXPECT_GE(ok, 3);
  EXPECT_LT(ok, 40) << "a second passes before each further one";
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  const auto details = error::DetailsOf(refused);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "TENANT_RATE");
  EXPECT_THAT(details->metadata, ElementsAre(Pair("cause", "tenant_rate")));
  EXPECT_GT(details->retry_after.value(), absl::ZeroDuration());
  EXPECT_LE(details->retry_after.value(), absl::Seconds(1));

  EXPECT_TRUE(server.Later(&Stub::Echo, "", "few").get().ok());

  const std::string metrics = server.metrics().Text();
  EXPECT_THAT(metrics, HasSubstr(absl::StrCat(
                           "crm_admission_rejected_total{reason=\"tenant_rate\"} ", 40 - ok)));
  EXPECT_THAT(metrics, Not(HasSubstr("grpc_code=\"RESOURCE_EXHAUSTED\",grpc_method")))
      << "these are no failures of the service";
  EXPECT_THAT(metrics, HasSubstr("crm_calls_by_tenant_total{grpc_code=\"RESOURCE_EXHAUSTED\","
                                 "tenant=\"many\"}"));
}

// Takes who calls for a tenant whose name begins with "by-" for a neighbour.
class Neighbours final : public Admission {
 public:
  absl::StatusOr<CallContext> Admit(const grpc::ServerContextBase& context,
                                    const MethodAccess& access, absl::Time now) const override {
    absl::StatusOr<CallContext> call = Open().Admit(context, access, now);
    if (call.ok()) call->trusted_peer = absl::StartsWith(call->tenant, "by-");
    return call;
  }
};

TEST(TenantsTest, ANeighboursCallsDoNotCountAgainstTheTenantsLimits) {
  const Neighbours neighbours;
  ProbeServer server({}, {}, {}, {.rate = 1, .burst = 1, .open_calls = 1}, neighbours);
  std::vector<std::future<absl::Status>> calls;
  for (int i = 0; i < 20; ++i) calls.push_back(server.Later(&Stub::Echo, "", "by-neighbour"));
  for (auto& call : calls) EXPECT_TRUE(call.get().ok());
  calls.clear();
  for (int i = 0; i < 20; ++i) calls.push_back(server.Later(&Stub::Echo, "", "itself"));
  int refused = 0;
  for (auto& call : calls) refused += error::ReasonOf(call.get()) == "TENANT_RATE" ? 1 : 0;
  EXPECT_GT(refused, 0);
}

TEST(TenantsTest, ATenantHasNoMoreOpenCallsThanItMay) {
  Door door;
  ProbeHandlers handlers;
  handlers.echo = [&](const CallContext&, const v1::EchoRequest&, v1::Probe&) {
    door.Enter();
    return absl::OkStatus();
  };
  ProbeServer server(handlers, {.read_workers = 3}, {}, {.open_calls = 2});
  auto one = server.Later(&Stub::Echo, "", "many");
  auto two = server.Later(&Stub::Echo, "", "many");
  ASSERT_TRUE(door.AwaitArrivals(2));
  const absl::Status third = server.Later(&Stub::Echo, "", "many").get();
  EXPECT_EQ(error::ReasonOf(third), "TENANT_RATE");
  EXPECT_THAT(error::DetailsOf(third)->metadata, ElementsAre(Pair("cause", "tenant_open")));
  auto other = server.Later(&Stub::Echo, "", "few");
  EXPECT_TRUE(door.AwaitArrivals(3));
  door.Open();
  EXPECT_TRUE(one.get().ok() && two.get().ok() && other.get().ok());
  EXPECT_TRUE(testing::Await(absl::Seconds(10), [&] {
    return server.Later(&Stub::Echo, "", "many").get().ok();
  })) << "those that are answered are open no more";
}

// In which order one worker takes what has queued up behind its first call.
std::vector<std::string> OrderOf(bool fair) {
  Door door;
  std::mutex mutex;
  std::vector<std::string> order;
  ProbeHandlers handlers;
  handlers.echo = [&](const CallContext& context, const v1::EchoRequest&, v1::Probe&) {
    {
      std::lock_guard<std::mutex> lock(mutex);
      order.push_back(context.tenant);
    }
    door.Enter();
    return absl::OkStatus();
  };
  ProbeServer server(handlers,
                     {.read_workers = 1, .max_wait = absl::InfiniteDuration(), .fair = fair});
  std::vector<std::future<absl::Status>> calls;
  calls.push_back(server.Later(&Stub::Echo, "", "first"));
  EXPECT_TRUE(door.AwaitArrivals(1));
  const auto queue = [&](const char* tenant, int count) {
    const size_t before = server.executor().Queued(Lane::kRead);
    for (int i = 0; i < count; ++i) calls.push_back(server.Later(&Stub::Echo, "", tenant));
    EXPECT_TRUE(testing::Await(absl::Seconds(30), [&] {
      return server.executor().Queued(Lane::kRead) == before + static_cast<size_t>(count);
    }));
  };
  queue("many", 30);
  queue("few", 2);
  door.Open();
  for (auto& call : calls) EXPECT_TRUE(call.get().ok());
  return order;
}

TEST(TenantsTest, TheFewCallsOfOneDoNotWaitForTheManyOfAnother) {
  const std::vector<std::string> fair = OrderOf(true);
  EXPECT_THAT(std::vector<std::string>(fair.begin(), fair.begin() + 5),
              ElementsAre("first", "many", "few", "many", "few"));
  const std::vector<std::string> known_bad = OrderOf(false);
  EXPECT_THAT(std::vector<std::string>(known_bad.begin(), known_bad.begin() + 5),
              ElementsAre("first", "many", "many", "many", "many"));
}

}  // namespace
}  // namespace crm::rpc
