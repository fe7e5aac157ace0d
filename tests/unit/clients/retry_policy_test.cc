#include "clients/cpp/retry_policy.h"

#include <gtest/gtest.h>

#include "common/error/error.h"

namespace crm::client {
namespace {

const RetryPolicy kPolicy{.first_delay = absl::Milliseconds(50),
                          .multiplier = 2,
                          .longest_delay = absl::Seconds(1),
                          .total = absl::Seconds(10)};

TEST(RetryPolicyTest, RetriesOnlyWhatMayPassByItself) {
  using absl::StatusCode;
  for (int code = 1; code <= 16; ++code) {
    const auto each = static_cast<StatusCode>(code);
    const bool expected = each == StatusCode::kUnavailable ||
                          each == StatusCode::kResourceExhausted ||
                          each == StatusCode::kDeadlineExceeded;
    const auto delay = kPolicy.DelayAfter(absl::Status(each, ""), 1, absl::ZeroDuration(), 0);
    EXPECT_EQ(delay.has_value(), expected) << each;
  }
}

TEST(RetryPolicyTest, DelaysDoubleUpToTheLongest) {
  const absl::Status status = absl::UnavailableError("");
  const auto delay = [&](int attempt) {
    return *kPolicy.DelayAfter(status, attempt, absl::ZeroDuration(), 0);
  };
  EXPECT_EQ(delay(1), absl::Milliseconds(50));
  EXPECT_EQ(delay(2), absl::Milliseconds(100));
  EXPECT_EQ(delay(3), absl::Milliseconds(200));
  EXPECT_EQ(delay(9), absl::Seconds(1));
  EXPECT_EQ(delay(100000), absl::Seconds(1));
}

TEST(RetryPolicyTest, ChanceCutsAtMostHalf) {
  const absl::Status status = absl::UnavailableError("");
  const auto delay = kPolicy.DelayAfter(status, 1, absl::ZeroDuration(), 0.999999);
  EXPECT_GE(*delay, absl::Milliseconds(25));
  EXPECT_LT(*delay, absl::Milliseconds(26));
}

TEST(RetryPolicyTest, NeverComesBackBeforeTheServerSaid) {
  const absl::Status status = error::Unavailable("OVERLOADED", "busy", absl::Seconds(3));
  EXPECT_EQ(kPolicy.DelayAfter(status, 1, absl::ZeroDuration(), 0.5), absl::Seconds(3));
}

TEST(RetryPolicyTest, StopsWhenTheNextAttemptWouldBeginTooLate) {
  const absl::Status status = absl::UnavailableError("");
  EXPECT_TRUE(kPolicy.DelayAfter(status, 9, absl::Seconds(9), 0).has_value());
  EXPECT_FALSE(kPolicy.DelayAfter(status, 9, absl::Seconds(9.1), 0).has_value());
}

}  // namespace
}  // namespace crm::client
