// A wall clock that is set while calls wait makes none of them early, late or overdue.

#include "tests/support/wall_clock.h"

#include <chrono>

#include "tests/integration/rpc/probe_server.h"

namespace crm::rpc {
namespace {

using Stub = v1::ProbeService::Stub;

class WallClockTest : public ::testing::TestWithParam<int> {
 protected:
  WallClockTest() { testing::SetWallClockAhead(absl::ZeroDuration()); }
  ~WallClockTest() override {
    door_.Open();
    testing::SetWallClockAhead(absl::ZeroDuration());
  }

  // A call with a deadline, not given up by its client before that.
  std::future<absl::Status> Within(absl::Duration patience) {
    return std::async(std::launch::async, [this, patience] {
      CallContext caller;
      caller.deadline = base::Deadline::After(patience);
      const auto context = ClientContextFor(caller);
      v1::Probe response;
      return FromGrpcStatus(server_->stub().Echo(context.get(), {}, &response));
    });
  }

  Door door_;
  std::unique_ptr<ProbeServer> server_;
};

INSTANTIATE_TEST_SUITE_P(HoursAhead, WallClockTest, ::testing::Values(1, -1));

TEST_P(WallClockTest, SettingItChangesNoDeadlineAndNoAge) {
  constexpr absl::Duration kPatience = absl::Minutes(2);
  std::mutex mutex;
  std::vector<absl::Duration> left;
  ProbeHandlers handlers;
  handlers.echo = [&](const CallContext& context, const v1::EchoRequest&, v1::Probe&) {
    {
      std::lock_guard<std::mutex> lock(mutex);
      left.push_back(context.deadline.Left());
    }
    door_.Enter();
    return absl::OkStatus();
  };
  server_ = std::make_unique<ProbeServer>(
      handlers, ExecutorOptions{.read_workers = 1, .max_wait = absl::Minutes(1)});
  auto running = Within(kPatience);
  ASSERT_TRUE(door_.AwaitArrivals(1));
  std::vector<std::future<absl::Status>> waiting;
  for (size_t i = 1; i <= 2; ++i) {
    waiting.push_back(Within(kPatience));
    ASSERT_TRUE(testing::Await(absl::Seconds(10),
                               [&] { return server_->executor().Queued(Lane::kRead) == i; }));
  }
  testing::SetWallClockAhead(absl::Hours(GetParam()));
  auto later = Within(kPatience);
  ASSERT_TRUE(testing::Await(absl::Seconds(10), [&] {
    return server_->executor().Queued(Lane::kRead) == 3;
  })) << "nothing has waited too long";
  door_.Open();
  for (auto* call : {&running, &waiting[0], &waiting[1], &later}) {
    EXPECT_EQ(call->get(), absl::OkStatus());
  }
  for (const absl::Duration each : left) {
    EXPECT_LE(each, kPatience + absl::Seconds(5)) << "it is rounded up to travel";
    EXPECT_GT(each, absl::Minutes(1));
  }
}

}  // namespace
}  // namespace crm::rpc
