#include "common/base/steady_clock.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/base/steady_condition.h"

namespace crm::base {
namespace {

TEST(SteadyTime, CountsAsTimesDo) {
  const SteadyTime now = SteadyNow();
  EXPECT_EQ((now + absl::Seconds(2)) - now, absl::Seconds(2));
  EXPECT_LT(now - absl::Nanoseconds(1), now);
  EXPECT_LE(now, SteadyNow());
  EXPECT_LT(SteadyTime(), now);
  EXPECT_GT(SteadyTime::InfiniteFuture(), now + absl::Hours(1'000'000));
  EXPECT_EQ(SteadyTime::InfiniteFuture() - now, absl::InfiniteDuration());
}

TEST(Deadline, ComesFromEitherClock) {
  const auto seconds_left = [](Deadline deadline) {
    return absl::ToDoubleSeconds(deadline.Left());
  };
  EXPECT_NEAR(seconds_left(absl::Now() + absl::Seconds(60)), 60, 1);
  EXPECT_NEAR(seconds_left(SteadyNow() + absl::Seconds(60)), 60, 1);
  EXPECT_NEAR(seconds_left(Deadline::After(absl::Seconds(60))), 60, 1);
  EXPECT_EQ(Deadline::None().Left(), absl::InfiniteDuration());
  EXPECT_EQ(Deadline(absl::InfiniteFuture()).Left(), absl::InfiniteDuration());
}

TEST(Deadline, PassesAtItsTime) {
  EXPECT_TRUE(Deadline(SteadyNow()).Passed());
  EXPECT_TRUE(Deadline(absl::InfinitePast()).Passed());
  EXPECT_FALSE(Deadline::After(absl::Hours(1)).Passed());
  EXPECT_FALSE(Deadline::None().Passed());
}

TEST(SteadyCondition, WaitsUntilSignalled) {
  absl::Mutex mutex;
  SteadyCondition condition;
  bool told = false;
  std::thread other([&] {
    absl::MutexLock lock(&mutex);
    told = true;
    condition.Signal();
  });
  {
    absl::MutexLock lock(&mutex);
    EXPECT_TRUE(condition.AwaitUntil(mutex, SteadyTime::InfiniteFuture(), [&] { return told; }));
  }
  other.join();
}

TEST(SteadyCondition, WaitsAtMostUntilItsEnd) {
  absl::Mutex mutex;
  SteadyCondition condition;
  const SteadyTime end = SteadyNow() + absl::Milliseconds(20);
  absl::MutexLock lock(&mutex);
  EXPECT_FALSE(condition.AwaitUntil(mutex, end, [] { return false; }));
  EXPECT_GE(SteadyNow(), end);
  EXPECT_FALSE(condition.WaitUntil(mutex, SteadyTime::InfinitePast()));
}

}  // namespace
}  // namespace crm::base
