// A wall clock that is set makes nobody wait longer.

#include "tests/support/wall_clock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/base/steady_clock.h"
#include "common/idempotency/ledger.h"
#include "common/lifecycle/shutdown_signal.h"
#include "common/serving/sweeper.h"
#include "tests/support/await.h"
#include "tests/support/service_fixture.h"

namespace crm::serving {
namespace {

using base::SteadyNow;
using base::SteadyTime;

constexpr absl::Duration kWait = absl::Milliseconds(200);
constexpr absl::Duration kLate = absl::Milliseconds(150);

constexpr pg::Statement kSleep{"sleep", "SELECT pg_sleep(30)"};

// Counts how often it is asked: once a sweep.
class CountingClock final : public base::Clock {
 public:
  absl::Time Now() const override {
    ++asked;
    return absl::Now();
  }
  mutable std::atomic<int> asked{0};
};

class WallClockTest : public ::testing::TestWithParam<int> {
 protected:
  WallClockTest() { testing::SetWallClockAhead(absl::ZeroDuration()); }
  ~WallClockTest() override { testing::SetWallClockAhead(absl::ZeroDuration()); }

  // What `wait` does takes as long as it should.
  static void ExpectExact(absl::Duration expected, const std::function<void()>& wait) {
    const SteadyTime start = SteadyNow();
    wait();
    EXPECT_GE(SteadyNow() - start, expected - absl::Milliseconds(2));
    EXPECT_LT(SteadyNow() - start, expected + kLate);
  }

  testing::ServiceDatabase database_{"crm_clock", {idempotency::Migrations()}};
};

INSTANTIATE_TEST_SUITE_P(HoursAhead, WallClockTest, ::testing::Values(1, -1));

TEST_P(WallClockTest, SettingItMakesNobodyWaitLonger) {
  pg::Pool& pool = database_.pool();
  std::vector<pg::Pool::Lease> leases;
  for (int i = 0; i < pool.size(); ++i) {
    leases.push_back(pool.Acquire(base::Deadline::After(absl::Seconds(20))).value());
  }
  const CountingClock clock;
  Sweeper sweeper(pool, clock, {.answers = absl::Hours(1)}, kWait);
  lifecycle::ShutdownSignal signal;

  // A deadline that came as a time of the old clock.
  ExpectExact(testing::kUntilWallClockIsSet, [&] {
    const absl::Time before = absl::Now();
    const base::Deadline deadline = before + testing::kUntilWallClockIsSet;
    testing::SetWallClockAhead(absl::Hours(GetParam()));
    EXPECT_GT(absl::AbsDuration(absl::Now() - before), absl::Minutes(59));
    EXPECT_EQ(pool.Acquire(deadline).status().code(), absl::StatusCode::kDeadlineExceeded);
  });
  // And as one of the new clock.
  ExpectExact(kWait, [&] {
    EXPECT_EQ(pool.Acquire(absl::Now() + kWait).status().code(),
              absl::StatusCode::kDeadlineExceeded);
  });
  leases.clear();
  ExpectExact(kWait, [&] {
    EXPECT_EQ(
        pool.Read(pg::Tenants::None(), kSleep, pg::Params(), absl::Now() + kWait).status().code(),
        absl::StatusCode::kDeadlineExceeded);
  });
  ExpectExact(kWait, [&] { EXPECT_FALSE(signal.WaitFor(kWait)); });
  const SteadyTime start = SteadyNow();
  const int swept = clock.asked;
  EXPECT_TRUE(testing::Await(absl::Seconds(5), [&] { return clock.asked >= swept + 3; }));
  EXPECT_GE(SteadyNow() - start, 2 * kWait);
}

}  // namespace
}  // namespace crm::serving
