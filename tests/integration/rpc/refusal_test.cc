#include "tests/integration/rpc/probe_server.h"

namespace crm::rpc {
namespace {

using Stub = v1::ProbeService::Stub;

// A server whose only read worker waits at the door.
class RefusalTest : public ::testing::Test {
 protected:
  void Start(ExecutorOptions options) {
    options.read_workers = 1;
    ProbeHandlers handlers;
    handlers.echo = [this](const CallContext&, const v1::EchoRequest&, v1::Probe&) {
      door_.Enter();
      return absl::OkStatus();
    };
    server_ = std::make_unique<ProbeServer>(handlers, options);
    first_ = server_->Later(&Stub::Echo);
    ASSERT_TRUE(door_.AwaitArrivals(1));
  }
  ~RefusalTest() override {
    door_.Open();
    if (first_.valid()) {
      EXPECT_TRUE(first_.get().ok());
    }
  }
  bool AwaitQueued(size_t count) {
    return testing::Await(absl::Seconds(10),
                          [&] { return server_->executor().Queued(Lane::kRead) == count; });
  }

  Door door_;
  std::unique_ptr<ProbeServer> server_;
  std::future<absl::Status> first_;
};

TEST_F(RefusalTest, AnOverloadedServerSaysWhenToRetry) {
  Start({.max_queued = 1});
  auto second = server_->Later(&Stub::Echo);
  ASSERT_TRUE(AwaitQueued(1));
  const absl::Status refused = server_->Echo({});
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  const auto details = error::DetailsOf(refused);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "OVERLOADED");
  EXPECT_GT(details->retry_after.value(), absl::ZeroDuration());
  EXPECT_THAT(details->metadata, ::testing::ElementsAre(::testing::Pair("cause", "queue_full")));

  door_.Open();
  EXPECT_TRUE(second.get().ok());
  EXPECT_THAT(server_->metrics().Text(),
              ::testing::HasSubstr("crm_admission_rejected_total{reason=\"queue_full\"} 1"));
}

TEST_F(RefusalTest, ACallWhoseDeadlinePassedWhileItWaitedNeverRuns) {
  Start({});
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(50));
  v1::Probe response;
  EXPECT_EQ(server_->stub().Echo(&context, {}, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  // The server's deadline is a little later than the client's, which is rounded up on the wire.
  const absl::Time surely = absl::Now() + absl::Milliseconds(100);
  ASSERT_TRUE(testing::Await(absl::Seconds(5), [surely] { return absl::Now() > surely; }));
  door_.Open();
  ASSERT_TRUE(AwaitQueued(0));
  EXPECT_TRUE(server_->Echo({}).ok());
  EXPECT_EQ(door_.Arrived(), 2);
}

TEST_F(RefusalTest, ACallThatTheClientCancelledNeverRuns) {
  Start({});
  grpc::ClientContext context;
  auto cancelled = std::async(std::launch::async, [&] {
    v1::Probe response;
    return server_->stub().Echo(&context, {}, &response);
  });
  ASSERT_TRUE(AwaitQueued(1));
  context.TryCancel();
  EXPECT_EQ(cancelled.get().error_code(), grpc::StatusCode::CANCELLED);
  // The same connection carries both in order, so the server has seen the cancellation.
  v1::EmptyResponse nothing;
  grpc::ClientContext next;
  auto later =
      std::async(std::launch::async, [&] { return server_->stub().Nothing(&next, {}, &nothing); });
  ASSERT_TRUE(AwaitQueued(2));
  door_.Open();
  EXPECT_TRUE(later.get().ok());
  EXPECT_EQ(door_.Arrived(), 1);
  EXPECT_THAT(server_->metrics().Text(),
              ::testing::HasSubstr("crm_admission_rejected_total{reason=\"cancelled\"} 1"));
}

TEST_F(RefusalTest, CallsBehindOneThatWaitedTooLongAreRefusedAsSlow) {
  Start({.max_wait = absl::Milliseconds(20)});
  auto second = server_->Later(&Stub::Echo);
  ASSERT_TRUE(AwaitQueued(1));
  absl::Status refused;
  EXPECT_TRUE(testing::Await(absl::Seconds(10), [&] {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
    v1::Probe response;
    refused = FromGrpcStatus(server_->stub().Echo(&context, {}, &response));
    return error::ReasonOf(refused) == "OVERLOADED";
  }));
  EXPECT_THAT(error::DetailsOf(refused)->metadata,
              ::testing::ElementsAre(::testing::Pair("cause", "queue_slow")));
  door_.Open();
  (void)second.get();
  EXPECT_THAT(
      server_->metrics().Text(),
      ::testing::ContainsRegex("crm_admission_rejected_total.reason=\"queue_slow\". [1-9]"));
}

TEST_F(RefusalTest, AnExecutorThatStopsSaysSo) {
  Start({});
  door_.Open();
  EXPECT_TRUE(first_.get().ok());
  server_->executor().Stop();
  const absl::Status refused = server_->Echo({});
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(error::ReasonOf(refused), "SERVER_STOPPING");
  EXPECT_TRUE(error::DetailsOf(refused)->retry_after.has_value());
}

TEST_F(RefusalTest, ALaneOfItsOwnIsNotHeldUpByTheOthers) {
  Start({.max_queued = 1});
  auto second = server_->Later(&Stub::Echo);
  ASSERT_TRUE(AwaitQueued(1));
  auto peek = server_->Later(&Stub::Peek);
  EXPECT_TRUE(door_.AwaitArrivals(2)) << "it runs while the reads hang";
  door_.Open();
  EXPECT_TRUE(peek.get().ok());
  EXPECT_TRUE(second.get().ok());
}

}  // namespace
}  // namespace crm::rpc
