// What becomes of a webhook's events when its receiver fails, and of the webhook.

#include "tests/unit/common/webhook/endpoint_fixture.h"

namespace crm::webhook {
namespace {

TEST_F(EndpointTest, ADeadOneThatIsHeldDoesNotWaitForATimeThatHasPassed) {
  Take({{1, "a"}, {2, "b"}, {3, "c"}});
  EXPECT_EQ(Starts(), "1 2 3");
  for (const int64_t sequence : {1, 2, 3}) Finish(sequence, kNo);
  EXPECT_TRUE(endpoint_->Failing());
  EXPECT_LT(endpoint_->NextTime(), absl::InfiniteFuture());
  endpoint_->SetHold({0, {}}, now_);
  EXPECT_EQ(endpoint_->NextTime(), absl::InfiniteFuture());
  now_ += absl::Hours(1);
  EXPECT_EQ(Starts(), "");
}

TEST_F(EndpointTest, OneThatTakesOtherPartitionsEventsIsNotDisabled) {
  Take({{1, "a"}});
  EXPECT_EQ(Starts(), "1");
  Finish(1, kNo);
  now_ += EndpointLimits().retry_for;
  endpoint_->SucceededElsewhere(now_ - absl::Minutes(1));
  EXPECT_EQ(Starts(), "1");
  Finish(1, kNo);
  EXPECT_EQ(endpoint_->disabled(), std::nullopt);
  EXPECT_EQ(Saves(), "1 GIVEN_UP") << "the event alone";
}

TEST_F(EndpointTest, WhatFailsHoldsUpItsThingAloneAndIsTriedAgainLaterAndLater) {
  Take({{1, "a"}, {2, "b"}, {3, "a"}});
  EXPECT_EQ(Starts(), "1 2");
  Finish(1, kNo);
  Finish(2, kOk);
  EXPECT_EQ(Saves(), "1 PENDING, 2 DELIVERED, 3 PENDING") << "3 waits behind 1";
  EXPECT_EQ(endpoint_->position(), 3);
  Take({{4, "a"}, {5, "c"}});
  EXPECT_EQ(Starts(), "5");
  Finish(5, kOk);
  EXPECT_EQ(endpoint_->pending(), 3u);
  absl::Duration pause = limits_.first_retry;
  for (int attempt = 2; attempt < 16; ++attempt) {
    EXPECT_EQ(endpoint_->NextTime(), now_ + pause) << attempt;
    now_ += pause - absl::Milliseconds(1);
    EXPECT_EQ(Starts(), "");
    now_ += absl::Milliseconds(1);
    EXPECT_EQ(Starts(), "1") << attempt;
    Finish(1, kNo);
    pause = std::min(pause * 2, limits_.longest_retry);
  }
  now_ += pause;
  EXPECT_EQ(Starts(), "1");
  Finish(1, kOk);
  EXPECT_EQ(Starts(), "3") << "at once, and before 4";
  Finish(3, kOk);
  EXPECT_EQ(Starts(), "4");
  Finish(4, kOk);
  EXPECT_EQ(endpoint_->pending(), 0u);
  EXPECT_EQ(endpoint_->failing_since(), std::nullopt);
}

TEST_F(EndpointTest, AReceiverMaySayWhenToComeAgain) {
  Take({{1, "a"}});
  EXPECT_EQ(Starts(), "1");
  Posted later = Came(Result::kRejected, 429);
  later.retry_after = absl::Minutes(10);
  Finish(1, later);
  EXPECT_EQ(endpoint_->NextTime(), now_ + absl::Minutes(10));
}

TEST_F(EndpointTest, ADeadEndpointIsTriedOnceAtATimeAndComesBackAtOnce) {
  Take({{1, "a"}, {2, "b"}, {3, "c"}, {4, "d"}, {5, "e"}});
  EXPECT_EQ(Starts(), "1 2 3 4 5");
  for (int i = 1; i <= 5; ++i) Finish(i, Came(Result::kNotConnected));
  EXPECT_TRUE(endpoint_->Failing());
  Saves();
  Take({{6, "f"}, {7, "g"}});
  EXPECT_EQ(Starts(), "");
  absl::Duration pause = limits_.first_retry;
  for (int64_t i = 0; i < 10; ++i) {
    EXPECT_EQ(endpoint_->NextTime(), now_ + pause);
    now_ += pause;
    const auto probe = endpoint_->Next(now_, kAtOnce);
    ASSERT_TRUE(probe.has_value());
    EXPECT_EQ(endpoint_->Next(now_, kAtOnce), std::nullopt) << "one";
    Finish(probe->sequence, Came(Result::kTimedOut));
    pause = std::min(pause * 2, limits_.longest_pause);
  }
  now_ += pause;
  const auto probe = endpoint_->Next(now_, kAtOnce);
  ASSERT_TRUE(probe.has_value());
  Finish(probe->sequence, kOk);
  EXPECT_FALSE(endpoint_->Failing());
  int begun = 0;
  while (endpoint_->Next(now_, kAtOnce)) ++begun;
  EXPECT_EQ(begun, 6) << "all others";
}

// Three things' events that the receiver never takes do not stop the others.
TEST_F(EndpointTest, WhatIsNewGoesFirstToOneThatSeemsDead) {
  Take({{1, "a"}, {2, "b"}, {3, "c"}});
  EXPECT_EQ(Starts(), "1 2 3");
  for (int i = 1; i <= 3; ++i) Finish(i, kNo);
  Saves();
  Take({{4, "a"}, {5, "d"}});
  now_ += limits_.first_retry;
  EXPECT_EQ(Starts(), "5");
  Finish(5, kOk);
  EXPECT_FALSE(endpoint_->Failing());
}

TEST_F(EndpointTest, AnEventIsGivenUpOnAfterThreeDaysAndTheNextOfItsThingFollows) {
  Take({{1, "a"}, {2, "a"}});
  EXPECT_EQ(Starts(), "1");
  Finish(1, kNo);
  Saves();
  for (int64_t next = 3; now_ < kStart + absl::Hours(70); ++next) {
    now_ = std::max(endpoint_->NextTime(), now_ + absl::Minutes(1));
    const std::string started = Starts();
    if (started == "1") Finish(1, kNo);
    // Something else arrives now and then.
    Take({{next, absl::StrCat("t", next)}});
    EXPECT_EQ(Starts(), absl::StrCat(next));
    Finish(next, kOk);
    endpoint_->Saved();
  }
  now_ = kStart + absl::Hours(74);
  EXPECT_EQ(Starts(), "1");
  Finish(1, kNo);
  EXPECT_EQ(Saves(), "1 GIVEN_UP");
  EXPECT_EQ(endpoint_->disabled(), std::nullopt);
  EXPECT_EQ(Starts(), "2");
}

TEST_F(EndpointTest, OneAtWhichNothingArrivesForThreeDaysIsDisabledAndKeepsWhatWaits) {
  Take({{1, "a"}, {2, "b"}});
  EXPECT_EQ(Starts(), "1 2");
  Finish(1, kOk);
  Finish(2, kNo);
  while (!endpoint_->disabled().has_value()) {
    ASSERT_LT(now_, kStart + absl::Hours(76));
    now_ = endpoint_->NextTime();
    EXPECT_EQ(Starts(), "2");
    Finish(2, kNo);
  }
  EXPECT_GE(now_, kStart + absl::Hours(72));
  EXPECT_EQ(endpoint_->disabled(), DisableReason::kFailing);
  EXPECT_EQ(Saves(), "1 DELIVERED, 2 PENDING");
  now_ += absl::Hours(10);
  EXPECT_EQ(Starts(), "");
}

TEST_F(EndpointTest, OneThatSaysItIsGoneIsDisabledAtOnce) {
  Take({{1, "a"}});
  EXPECT_EQ(Starts(), "1");
  Finish(1, Came(Result::kRejected, 410));
  EXPECT_EQ(endpoint_->disabled(), DisableReason::kGone);
}

TEST_F(EndpointTest, AnEventThatTheLogHasNoMoreIsGivenUpOn) {
  Delivery waiting = Event(1, "a");
  waiting.next_attempt_time = now_;
  Anew(5, {waiting});
  EXPECT_EQ(Starts(), "1");
  Finish(1, Came(Result::kEventGone));
  EXPECT_EQ(Saves(), "1 GIVEN_UP");
  EXPECT_EQ(endpoint_->failing_since(), std::nullopt);
}

}  // namespace
}  // namespace crm::webhook
