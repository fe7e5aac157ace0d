#include "common/event/backoff.h"

#include <gtest/gtest.h>

namespace crm::event {
namespace {

constexpr uint64_t kHalf = uint64_t{1} << 63;

TEST(Backoff, DoublesUpToItsLongest) {
  Backoff backoff(absl::Milliseconds(10), absl::Milliseconds(35), [] { return kHalf; });
  EXPECT_TRUE(backoff.fresh());
  for (const int expected : {10, 20, 35, 35}) {
    EXPECT_EQ(backoff.Next(), absl::Milliseconds(expected));
    EXPECT_FALSE(backoff.fresh());
  }
  backoff.Reset();
  EXPECT_TRUE(backoff.fresh());
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(10));
}

TEST(Backoff, IsBetweenHalfAndOneAndAHalf) {
  uint64_t bits = 0;
  Backoff backoff(absl::Milliseconds(10), absl::Milliseconds(10), [&] { return bits; });
  EXPECT_EQ(backoff.Next(), absl::Milliseconds(5));
  bits = ~uint64_t{0};
  EXPECT_GT(backoff.Next(), absl::Milliseconds(14));
  EXPECT_LE(backoff.Next(), absl::Milliseconds(15));
}

}  // namespace
}  // namespace crm::event
