#include "common/rpc/tenant_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <absl/strings/str_cat.h>

#include <thread>
#include <vector>

namespace crm::rpc {
namespace {

const base::SteadyTime kStart = base::SteadyNow();

// How many of `calls` at one moment are let in.
int LetIn(TenantLimits& limits, absl::string_view tenant, base::SteadyTime now, int calls) {
  int count = 0;
  for (int i = 0; i < calls; ++i) count += limits.Enter(tenant, now).has_value() ? 0 : 1;
  return count;
}

TEST(TenantLimitsTest, ATenantHasItsBurstAndThenItsRate) {
  TenantLimits limits({.rate = 100, .burst = 20});
  EXPECT_EQ(LetIn(limits, "a", kStart, 50), 20);
  EXPECT_EQ(LetIn(limits, "a", kStart + absl::Milliseconds(50), 50), 5);
  EXPECT_EQ(LetIn(limits, "a", kStart + absl::Seconds(60), 50), 20) << "no more after any pause";
}

TEST(TenantLimitsTest, WithoutABurstItHasASecondsWorth) {
  TenantLimits limits({.rate = 7});
  EXPECT_EQ(LetIn(limits, "a", kStart, 50), 7);
}

TEST(TenantLimitsTest, EachTenantHasItsOwn) {
  TenantLimits limits({.rate = 100, .burst = 20});
  EXPECT_EQ(LetIn(limits, "a", kStart, 1000), 20);
  EXPECT_EQ(LetIn(limits, "b", kStart, 20), 20);
}

TEST(TenantLimitsTest, ARefusalSaysWhenTheNextCallMayComeAndNotBefore) {
  TenantLimits limits({.rate = 10, .burst = 3});
  LetIn(limits, "a", kStart, 3);
  const auto refused = limits.Enter("a", kStart + absl::Milliseconds(40));
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->why, Refusal::kTenantRate);
  EXPECT_EQ(refused->retry_after, absl::Milliseconds(60));
  EXPECT_EQ(LetIn(limits, "a", kStart + absl::Milliseconds(99), 1), 0);
  EXPECT_EQ(LetIn(limits, "a", kStart + absl::Milliseconds(100), 5), 1);
}

TEST(TenantLimitsTest, RefusedCallsCostNothing) {
  TenantLimits limits({.rate = 10, .burst = 1});
  EXPECT_EQ(LetIn(limits, "a", kStart, 100'000), 1);
  EXPECT_EQ(LetIn(limits, "a", kStart + absl::Milliseconds(100), 100'000), 1);
}

TEST(TenantLimitsTest, OpenCallsAreCountedUntilTheyAreAnswered) {
  TenantLimits limits({.open_calls = 2});
  EXPECT_EQ(LetIn(limits, "a", kStart, 5), 2);
  EXPECT_EQ(limits.Enter("a", kStart)->why, Refusal::kTenantOpen);
  EXPECT_GT(limits.Enter("a", kStart)->retry_after, absl::ZeroDuration());
  EXPECT_EQ(LetIn(limits, "b", kStart, 5), 2);
  limits.Leave("a");
  EXPECT_EQ(LetIn(limits, "a", kStart, 5), 1);
}

TEST(TenantLimitsTest, ACallThatIsRefusedForItsOpenOnesCostsNoneOfTheRate) {
  TenantLimits limits({.rate = 10, .burst = 2, .open_calls = 1});
  EXPECT_EQ(LetIn(limits, "a", kStart, 5), 1);
  limits.Leave("a");
  EXPECT_EQ(LetIn(limits, "a", kStart, 5), 1);
  limits.Leave("a");
  EXPECT_EQ(limits.Enter("a", kStart)->why, Refusal::kTenantRate);
}

TEST(TenantLimitsTest, TenantsThatComeNoMoreAreForgotten) {
  TenantLimits limits({.rate = 1000, .burst = 10, .open_calls = 5});
  base::SteadyTime now = kStart;
  ASSERT_EQ(LetIn(limits, "stays", now, 5), 5);
  for (int i = 0; i < 100'000; ++i) {
    const std::string tenant = absl::StrCat("t", i);
    now = now + absl::Microseconds(100);
    ASSERT_EQ(LetIn(limits, tenant, now, 1), 1);
    limits.Leave(tenant);
  }
  EXPECT_LT(limits.Remembered(), 3000u);
  EXPECT_EQ(LetIn(limits, "stays", now, 1), 0) << "its calls are still open";
}

TEST(TenantLimitsTest, ManyThreadsLetInNoMoreThanTheBurst) {
  TenantLimits limits({.rate = 1, .burst = 1000});
  std::atomic<int> let_in{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] { let_in += LetIn(limits, "a", kStart, 1000); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(let_in, 1000);
}

}  // namespace
}  // namespace crm::rpc
