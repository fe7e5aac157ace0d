#include "common/base/clock.h"
#include "tests/support/fake_clock.h"

#include <absl/time/clock.h>
#include <gtest/gtest.h>

namespace crm::base {
namespace {

TEST(FakeClock, MovesOnlyWhenTold) {
  crm::testing::FakeClock clock;
  const absl::Time start = clock.Now();
  EXPECT_EQ(start, clock.Now());
  clock.Advance(absl::Seconds(3));
  EXPECT_EQ(start + absl::Seconds(3), clock.Now());
  clock.Set(start);
  EXPECT_EQ(start, clock.Now());
}

TEST(FakeClock, ShowsWholeMicroseconds) {
  testing::FakeClock clock(absl::FromUnixNanos(1'999));
  EXPECT_EQ(absl::FromUnixMicros(1), clock.Now());
}

TEST(FakeClock, StartsAtTheBeginningOf2026) {
  EXPECT_EQ(
      "2026-01-01T00:00:00+00:00",
      absl::FormatTime(absl::RFC3339_full, crm::testing::FakeClock().Now(), absl::UTCTimeZone()));
}

TEST(SystemClock, TellsTheTimeOfTheMachineInWholeMicroseconds) {
  const absl::Time before = absl::Now();
  const absl::Time now = SystemClock::Instance().Now();
  EXPECT_LE(before - absl::Microseconds(1), now);
  EXPECT_LE(now, absl::Now());
  EXPECT_EQ(absl::FromUnixMicros(absl::ToUnixMicros(now)), now);
}

}  // namespace
}  // namespace crm::base
