// Events on their way from a real log to receivers.

#include <gmock/gmock.h>

#include "tests/integration/webhook/dispatcher_fixture.h"

namespace crm::webhook::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(DispatcherTest, WhatHappensFromThenOnArrivesSignedOnceAndInOrder) {
  WebhookReceiver receiver;
  Move(5);
  ASSERT_TRUE(AwaitLog());
  const base::Uuid id = Create(receiver.url());
  Begin();
  Move(50);
  ASSERT_TRUE(AwaitPosition(id, 55));
  EXPECT_EQ(Wrong(receiver, 6, 55), "");
  ASSERT_EQ(receiver.count(), 50u) << "each once";
  for (const auto& request : receiver.requests()) {
    const std::string signature = request.Header("crm-signature");
    int64_t time = 0;
    ASSERT_TRUE(absl::SimpleAtoi(signature.substr(2, signature.find(',') - 2), &time));
    EXPECT_EQ(signature, Signature({kSecret}, absl::FromUnixSeconds(time), request.body));
    EXPECT_LT(absl::Now() - absl::FromUnixSeconds(time), absl::Minutes(1));
    EXPECT_EQ(request.Header("crm-event-id"), Text(request.body, "id"));
    EXPECT_EQ(request.Header("crm-attempt"), "1");
    EXPECT_EQ(request.Header("crm-webhook"), NameOf(id));
  }
  const auto deliveries = Deliveries(id);
  ASSERT_THAT(deliveries, SizeIs(50));
  for (const Delivery& delivery : deliveries) {
    EXPECT_EQ(delivery.state, DeliveryState::kDelivered);
    EXPECT_EQ(delivery.http_status, 200);
    EXPECT_EQ(delivery.attempts, 1);
  }
  EXPECT_NE(State(id).last_success_time, std::nullopt);
}

TEST_F(DispatcherTest, OnlyWhatIsWantedAndOnlyTheTenantsOwn) {
  WebhookReceiver all, some, other, none;
  const base::Uuid everything = Create(all.url());
  Webhook wanted;
  wanted.to_stages = {"S2", "S3"};
  const base::Uuid stages = Create(some.url(), wanted);
  wanted = {};
  wanted.types = {"crm.lead.lead.other.v1"};
  const base::Uuid types = Create(none.url(), wanted);
  wanted = {};
  wanted.tenant = "globex";
  Create(other.url(), wanted);
  Begin();
  Move(40, 2);
  for (const base::Uuid& id : {everything, stages, types}) {
    ASSERT_TRUE(AwaitPosition(id, 40)) << "also by what is not wanted";
  }
  EXPECT_EQ(all.count(), 40u);
  EXPECT_EQ(some.count(), 4u);
  EXPECT_EQ(none.count(), 0u);
  EXPECT_EQ(other.count(), 0u);
}

TEST_F(DispatcherTest, AChangedOneTakesEffectForAllThatHasNotBeenSent) {
  WebhookReceiver before, after;
  const base::Uuid id = Create(before.url());
  Begin();
  Move(3);
  ASSERT_TRUE(AwaitPosition(id, 3));
  Apply(id, [&](Changed& changed) {
    changed.webhook.url = after.url();
    return absl::OkStatus();
  });
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    Move(1);
    return after.count() > 0;
  }));
  ASSERT_TRUE(AwaitPosition(id, moves_));
  EXPECT_EQ(before.count() + after.count(), static_cast<size_t>(moves_));
}

TEST_F(DispatcherTest, WhileASecretRunsOutBothSign) {
  WebhookReceiver receiver;
  const base::Uuid id = Create(receiver.url());
  const std::string other = "whsec_" + std::string(40, 'z');
  Begin();
  const auto signatures = [&] {
    Move(1);
    EXPECT_TRUE(AwaitPosition(id, moves_));
    const auto request = receiver.requests().back();
    int64_t time = 0;
    const std::string signature = request.Header("crm-signature");
    EXPECT_TRUE(absl::SimpleAtoi(signature.substr(2, signature.find(',') - 2), &time));
    const absl::Time at = absl::FromUnixSeconds(time);
    if (signature == Signature({kSecret}, at, request.body)) return "old";
    if (signature == Signature({other, kSecret}, at, request.body)) return "both";
    return signature == Signature({other}, at, request.body) ? "new" : "none";
  };
  EXPECT_STREQ(signatures(), "old");
  Apply(id, Rotating(Now(), other, absl::Seconds(2)));
  EXPECT_THAT(Get(id).keys, SizeIs(2));
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return signatures() == std::string("both"); }));
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return signatures() == std::string("new"); }));
}

TEST_F(DispatcherTest, ATestIsSentOnceEvenToOneThatIsDisabled) {
  WebhookReceiver receiver;
  const base::Uuid id = Create(receiver.url());
  Apply(id, Disabling(Now()));
  Begin();
  const auto test = [&] {
    const base::Uuid event = pipeline_.ids.New();
    EXPECT_TRUE(
        webhook::Test(*pipeline_.app, Now(), id, event, "crm.lead.webhook.tested.v1", "", Soon())
            .ok());
    Delivery found;
    EXPECT_TRUE(Await(absl::Seconds(20), [&] {
      for (const Delivery& each : Deliveries(id)) {
        if (each.id == event) found = each;
      }
      return found.state != DeliveryState::kPending;
    }));
    return found;
  };
  EXPECT_EQ(test().state, DeliveryState::kDelivered);
  EXPECT_THAT(receiver.requests().back().body, HasSubstr("\"kind\":\"TESTED\""));
  receiver.Behave([](const auto&) { return Reply{.status = 500}; });
  const Delivery failed = test();
  EXPECT_EQ(failed.state, DeliveryState::kGivenUp);
  EXPECT_EQ(failed.http_status, 500);
  EXPECT_EQ(receiver.count(), 2u);
  Move(3);
  ASSERT_TRUE(AwaitLog());
  EXPECT_EQ(Position(id), 0) << "nothing else is sent";
}

TEST_F(DispatcherTest, WhatWasMissedArrivesWhenItIsEnabledUnlessItIsNotWanted) {
  WebhookReceiver first, second;
  const base::Uuid resumes = Create(first.url());
  const base::Uuid skips = Create(second.url());
  Begin();
  Move(5);
  ASSERT_TRUE(AwaitPosition(resumes, 5));
  ASSERT_TRUE(AwaitPosition(skips, 5));
  Apply(resumes, Disabling(Now()));
  Apply(skips, Disabling(Now()));
  ASSERT_TRUE(AwaitGauge("crm_webhooks_enabled", [](double value) { return value == 0; }));
  Move(5);
  ASSERT_TRUE(AwaitLog());
  Apply(resumes, Enabling(Now(), false));
  Apply(skips, Enabling(Now(), true));
  Move(5);
  ASSERT_TRUE(AwaitPosition(resumes, 15));
  ASSERT_TRUE(AwaitPosition(skips, 15));
  EXPECT_EQ(Wrong(first, 1, 15), "");
  EXPECT_EQ(first.count(), 15u);
  EXPECT_EQ(Wrong(second, 11, 15), "");
  EXPECT_EQ(second.count(), 10u);
}

TEST_F(DispatcherTest, AReplaySendsAgainWhatTheLogHolds) {
  WebhookReceiver receiver;
  Move(5);
  ASSERT_TRUE(AwaitLog());
  const base::Uuid id = Create(receiver.url());
  Begin();
  Move(5);
  ASSERT_TRUE(AwaitPosition(id, 10));
  EXPECT_EQ(receiver.count(), 5u);
  Apply(id, Replaying({{0, 2}}));
  ASSERT_TRUE(Await(absl::Seconds(20), [&] { return receiver.count() >= 13; }));
  ASSERT_TRUE(AwaitPosition(id, 10));
  EXPECT_EQ(receiver.count(), 13u) << "3 to 10 once more";
  std::map<int64_t, std::set<std::string>> ids;
  for (const auto& request : receiver.requests()) {
    int64_t sequence = 0;
    ASSERT_TRUE(absl::SimpleAtoi(Text(request.body, "seq"), &sequence));
    ids[sequence].insert(request.Header("crm-event-id"));
  }
  for (const auto& [sequence, of_event] : ids) EXPECT_THAT(of_event, SizeIs(1)) << sequence;
  EXPECT_THAT(Deliveries(id), SizeIs(8)) << "one for each event";
}

TEST_F(DispatcherTest, OneThatIsDeletedGetsNothingMoreAndLeavesNothing) {
  WebhookReceiver receiver;
  const base::Uuid id = Create(receiver.url());
  const base::Uuid other = Create(receiver.url());
  Begin();
  Move(3);
  ASSERT_TRUE(AwaitPosition(id, 3));
  ASSERT_TRUE(webhook::Delete(*pipeline_.app, Now(), id, "", "", Soon()).ok());
  ASSERT_TRUE(AwaitGauge("crm_webhooks_enabled", [](double value) { return value == 1; }));
  Move(3);
  ASSERT_TRUE(AwaitPosition(other, 6));
  for (const char* table : {"webhook", "webhook_secret"}) EXPECT_EQ(pipeline_.Count(table), 1);
  EXPECT_EQ(pipeline_.Count("webhook_delivery"), 6);
  EXPECT_EQ(receiver.count(), 9u);
}

TEST_F(DispatcherTest, OldDeliveriesAreForgottenButNotWhatWaits) {
  WebhookReceiver good;
  WebhookReceiver bad([](const auto&) { return Reply{.status = 500}; });
  const base::Uuid id = Create(good.url());
  const base::Uuid waits = Create(bad.url());
  Begin();
  Move(6, 3);
  ASSERT_TRUE(AwaitPosition(id, 6));
  ASSERT_TRUE(Await(absl::Seconds(20), [&] { return Get(waits).pending == 6; }));
  End();
  const absl::Time now = absl::Now();
  EXPECT_EQ(Sweep(*pipeline_.app, now, absl::Hours(1), 100).value(), 0);
  EXPECT_EQ(Sweep(*pipeline_.app, now + absl::Hours(2), absl::Hours(1), 4).value(), 4);
  EXPECT_EQ(Sweep(*pipeline_.app, now + absl::Hours(2), absl::Hours(1), 4).value(), 2);
  EXPECT_THAT(Deliveries(waits), SizeIs(6));
}

}  // namespace
}  // namespace crm::webhook::testing
