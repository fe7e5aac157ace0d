#include "common/serving/liveness.h"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/support/await.h"

namespace crm::serving {
namespace {

TEST(Liveness, TellsWhenWorkHangsAndWhenItGoesOn) {
  std::atomic<int> seconds{10};
  std::atomic<int> looks{0};
  std::atomic<bool> alive{true};
  std::atomic<int> told{0};
  Liveness liveness(
      [&] {
        ++looks;
        return absl::Seconds(seconds.load());
      },
      [&](bool now) {
        alive = now;
        ++told;
      },
      absl::Seconds(10), absl::Milliseconds(1));
  EXPECT_TRUE(testing::Await(absl::Seconds(30), [&] { return looks > 2; }));
  EXPECT_EQ(told, 0);
  seconds = 11;
  EXPECT_TRUE(testing::Await(absl::Seconds(30), [&] { return !alive; }));
  seconds = 0;
  EXPECT_TRUE(testing::Await(absl::Seconds(30), [&] { return alive.load(); }));
  EXPECT_EQ(told, 2);
}

}  // namespace
}  // namespace crm::serving
