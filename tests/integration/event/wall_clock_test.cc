// A wall clock that is set delays nothing.

#include "tests/support/wall_clock.h"

#include <gtest/gtest.h>

#include "common/event/consumer.h"
#include "common/stage/envelope.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using crm::testing::SetWallClockAhead;
using testing::kStream;
using testing::LogSource;
using testing::Pipeline;

// Against the kernel's clock, by which it waits: ahead is as if that had been set back.
class WallClock : public ::testing::TestWithParam<int> {
 protected:
  WallClock() { SetWallClockAhead(absl::Hours(GetParam())); }
  ~WallClock() override { SetWallClockAhead(absl::ZeroDuration()); }
};

INSTANTIATE_TEST_SUITE_P(HoursAhead, WallClock, ::testing::Values(1, -1));

TEST_P(WallClock, IsNothingToARelay) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(pipeline.Move(1).ok());
    ASSERT_TRUE(pipeline.AwaitStream(i, absl::Seconds(10)));
  }
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

TEST_P(WallClock, IsNothingToAConsumer) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  LogSource source(pipeline.app.get());
  ConsumerOptions options;
  options.name = "test";
  options.stream = kStream;
  options.database = pipeline.Database("app");
  options.redis = pipeline.Redis();
  options.block = absl::Milliseconds(50);
  std::atomic<int64_t> applied{0};
  std::atomic<int> runs{0};
  Consumer consumer(
      options, stage::DecodeEntry, &source,
      [&](pg::Transaction&, absl::Span<const Event> events) -> absl::Status {
        if (++runs % 3 == 1) return absl::UnavailableError("now and then");  // has it back off
        applied = events.back().sequence;
        return absl::OkStatus();
      },
      &pipeline.registry);
  consumer.Start();
  for (int i = 1; i <= 5; ++i) {
    ASSERT_TRUE(pipeline.Move(1).ok());
    ASSERT_TRUE(Await(absl::Seconds(10), [&] { return applied == i; }));
  }
}

}  // namespace
}  // namespace crm::event
