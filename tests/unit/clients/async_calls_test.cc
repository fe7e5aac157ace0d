#include "clients/cpp/async_calls.h"

#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include "common/error/error.h"
#include "tests/unit/clients/fake_services.h"

namespace crm::client {
namespace {

class AsyncCallsTest : public testing::Test {
 protected:
  std::unique_ptr<AsyncCalls> Make(RetryPolicy policy) {
    return std::make_unique<AsyncCalls>(
        *Channels::Make(fake_.addresses(), Channels::Retries::kNone), Caller{}, policy,
        [] { return uint64_t{0}; });
  }
  static void Drain(AsyncCalls* calls) {
    const absl::Time limit = absl::Now() + absl::Seconds(20);
    while (calls->open() > 0 && absl::Now() < limit) {
      calls->Poll(absl::Now() + absl::Milliseconds(50));
    }
    ASSERT_EQ(calls->open(), 0u);
  }
  static lead::v1::CreateLeadRequest Lead(int i) {
    lead::v1::CreateLeadRequest request;
    request.set_lead_id(absl::StrCat("lead-", i));
    request.set_request_id(absl::StrCat("request-", i));
    return request;
  }

  static constexpr RetryPolicy kQuick{.first_delay = absl::Milliseconds(1),
                                      .longest_delay = absl::Milliseconds(5),
                                      .total = absl::Seconds(10)};
  FakeServices fake_;
};

TEST_F(AsyncCallsTest, ManyCallsAreAnsweredEachToItsOwnHandler) {
  const auto calls = Make(kQuick);
  int right = 0;
  for (int i = 0; i < 500; ++i) {
    calls->Start(Lead(i), [&right, i](absl::StatusOr<lead::v1::CreateLeadResponse> answer) {
      right += answer.ok() && answer->lead().name() == absl::StrCat("leads/lead-", i);
    });
  }
  Drain(calls.get());
  EXPECT_EQ(right, 500);
  EXPECT_EQ(calls->counters().attempts, 500);
}

TEST_F(AsyncCallsTest, AHandlerMayStartTheNextCall) {
  const auto calls = Make(kQuick);
  int done = 0;
  std::function<void(int)> chain = [&](int i) {
    calls->StartUnread(Lead(i), [&, i](absl::Status status) {
      ASSERT_TRUE(status.ok());
      if (++done < 20) chain(i + 1);
    });
  };
  chain(0);
  Drain(calls.get());
  EXPECT_EQ(done, 20);
}

TEST_F(AsyncCallsTest, TransientFailuresAreTriedAgainAndMakeOneThing) {
  int failures = 3;
  fake_.after = [&](const std::string&) {
    return failures-- > 0 ? Refusal(grpc::StatusCode::UNAVAILABLE, "COMMIT_IN_DOUBT")
                          : grpc::Status::OK;
  };
  const auto calls = Make(kQuick);
  absl::Status result = absl::UnknownError("");
  calls->StartUnread(Lead(1), [&](absl::Status status) { result = status; });
  Drain(calls.get());
  EXPECT_TRUE(result.ok()) << result;
  EXPECT_EQ(calls->counters().started, 1);
  EXPECT_EQ(calls->counters().attempts, 4);
  EXPECT_EQ(fake_.writes, 1);
}

TEST_F(AsyncCallsTest, PermanentFailuresAreNot) {
  fake_.before = [](const std::string&, const std::string&) {
    return Refusal(grpc::StatusCode::FAILED_PRECONDITION, "STATE_INVALID");
  };
  const auto calls = Make(kQuick);
  absl::Status result;
  calls->StartUnread(Lead(1), [&](absl::Status status) { result = status; });
  Drain(calls.get());
  EXPECT_EQ(error::ReasonOf(result), "STATE_INVALID");
  EXPECT_EQ(calls->counters().attempts, 1);
}

TEST_F(AsyncCallsTest, TheTotalTimeIsBounded) {
  fake_.before = [](const std::string&, const std::string&) {
    return Refusal(grpc::StatusCode::RESOURCE_EXHAUSTED, "OVERLOADED");
  };
  RetryPolicy policy = kQuick;
  policy.total = absl::Seconds(1);
  const auto calls = Make(policy);
  absl::Status result;
  calls->StartUnread(Lead(1), [&](absl::Status status) { result = status; });
  Drain(calls.get());
  EXPECT_EQ(error::ReasonOf(result), "OVERLOADED");
  EXPECT_GT(calls->counters().attempts, 2);
}

TEST_F(AsyncCallsTest, WhatWaitsForItsNextAttemptFailsAtOnceWhenStopped) {
  fake_.before = [](const std::string&, const std::string&) {
    return Refusal(grpc::StatusCode::UNAVAILABLE, "DATABASE_UNAVAILABLE");
  };
  const auto calls = Make(
      {.first_delay = absl::Hours(1), .longest_delay = absl::Hours(1), .total = absl::Hours(10)});
  absl::Status result;
  calls->StartUnread(Lead(1), [&](absl::Status status) { result = status; });
  const absl::Time limit = absl::Now() + absl::Seconds(20);
  const auto answered = [&] {
    absl::MutexLock lock(&fake_.mutex);
    return fake_.counts["CreateLead"] > 0;
  };
  while (!answered() && absl::Now() < limit) calls->Poll(absl::Now() + absl::Milliseconds(20));
  calls->StopRetrying();
  Drain(calls.get());
  EXPECT_EQ(error::ReasonOf(result), "DATABASE_UNAVAILABLE");
}

TEST_F(AsyncCallsTest, AServiceWithoutAnAddressAnswersThroughTheHandler) {
  AsyncCalls calls(*Channels::Make({}, Channels::Retries::kNone), Caller{});
  absl::Status result;
  calls.StartUnread(Lead(1), [&](absl::Status status) { result = status; });
  EXPECT_TRUE(result.ok()) << "handlers run in Poll only";
  Drain(&calls);
  EXPECT_EQ(result.code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace crm::client
