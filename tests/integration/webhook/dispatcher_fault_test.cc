// What becomes of events when receivers, processes and stores fail.

#include <gmock/gmock.h>

#include <atomic>

#include "tests/integration/webhook/dispatcher_fixture.h"
#include "tests/support/silent_server.h"

namespace crm::webhook::testing {
namespace {

TEST_F(DispatcherTest, AReceiverThatIsAwayGetsEverythingInOrderWhenItIsBack) {
  std::atomic<bool> away{true};
  WebhookReceiver receiver([&](const auto&) { return Reply{.status = away ? 503 : 200}; });
  const base::Uuid id = Create(receiver.url());
  Begin();
  Move(30);
  ASSERT_TRUE(Await(absl::Seconds(20), [&] { return Get(id).pending >= 3; }));
  EXPECT_NE(State(id).failing_since, std::nullopt);
  away = false;
  ASSERT_TRUE(AwaitPosition(id, 30));
  EXPECT_EQ(Wrong(receiver, 1, 30), "");
  EXPECT_EQ(State(id).failing_since, std::nullopt);
}

// One thing's event that is never taken holds up that thing alone.
TEST_F(DispatcherTest, WhatIsNeverTakenHoldsUpItsThingAlone) {
  std::string poisoned;
  WebhookReceiver receiver([&](const auto& request) {
    return Reply{.status = Text(request.body, "subject") == poisoned ? 422 : 200};
  });
  Move(1);
  ASSERT_TRUE(AwaitLog());
  poisoned = absl::StrCat("leads/", pipeline_.Sql("SELECT aggregate FROM crm_lead.event_log"));
  const base::Uuid id = Create(receiver.url());
  Begin();
  Move(20);
  ASSERT_TRUE(Await(absl::Seconds(20), [&] {
    const Webhook webhook = Get(id);
    return webhook.partitions[0].position >= 21 && webhook.pending == 4;
  }));
  std::set<int64_t> heard;
  for (const Heard& each : HeardBy(receiver)) {
    if (each.subject == poisoned) continue;
    heard.insert(each.sequence);
  }
  EXPECT_EQ(heard.size(), 16u);
}

TEST_F(DispatcherTest, OneThatHangsHoldsUpNoOther) {
  options_.sender.timeout = absl::Seconds(20);
  options_.most_transfers = 4;
  WebhookReceiver slow([](const auto&) { return Reply{.hangs = true}; });
  WebhookReceiver quick;
  crm::testing::SilentServer silent;
  Create(slow.url());
  Create(absl::StrCat("https://127.0.0.1:", silent.port(), "/"));
  const base::Uuid id = Create(quick.url());
  Begin();
  const absl::Time begin = absl::Now();
  Move(50);
  ASSERT_TRUE(AwaitPosition(id, 50));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  EXPECT_EQ(Wrong(quick, 1, 50), "");
  EXPECT_EQ(slow.most_at_once(), 1) << "of four between three";
}

TEST_F(DispatcherTest, OneAtWhichNothingArrivesIsDisabledWithANotice) {
  options_.limits.retry_for = absl::Seconds(1);
  WebhookReceiver dead([](const auto&) { return Reply{.status = 500}; });
  WebhookReceiver watcher;
  const base::Uuid id = Create(dead.url());
  Webhook wanted;
  wanted.types = {"crm.lead.webhook.disabled.v1"};
  Create(watcher.url(), wanted);
  Begin();
  Move(5);
  ASSERT_TRUE(Await(absl::Seconds(30), [&] { return Get(id).state == State::kDisabled; }));
  EXPECT_EQ(Get(id).disable_reason, DisableReason::kFailing);
  EXPECT_NE(Get(id).disable_time, std::nullopt);
  ASSERT_TRUE(Await(absl::Seconds(30), [&] { return watcher.count() == 1; }));
  const std::string notice = watcher.requests()[0].body;
  EXPECT_EQ(Text(notice, "subject"), NameOf(id));
  EXPECT_EQ(Text(notice, "reason"), "FAILING");
  EXPECT_THAT(metrics_.Text(),
              ::testing::HasSubstr("crm_webhooks_disabled_total{reason=\"failing\"} 1"));
  // Nothing is lost by it.
  dead.Behave([](const auto&) { return Reply(); });
  Apply(id, Enabling(Now(), false));
  ASSERT_TRUE(AwaitPosition(id, 6));
  EXPECT_EQ(Wrong(dead, 1, 6), "");
}

TEST_F(DispatcherTest, WhatHasLeftTheLogIsGivenUpOn) {
  WebhookReceiver receiver([](const auto&) { return Reply{.status = 500}; });
  const base::Uuid id = Create(receiver.url());
  Begin();
  Move(2, 2);
  ASSERT_TRUE(Await(absl::Seconds(20), [&] { return Get(id).pending == 2; }));
  End();
  pipeline_.Sql("DELETE FROM crm_lead.event_log WHERE seq = 1");
  receiver.Behave([](const auto&) { return Reply(); });
  Begin();
  ASSERT_TRUE(AwaitPosition(id, 2));
  for (const Delivery& delivery : Deliveries(id)) {
    EXPECT_EQ(delivery.state,
              delivery.sequence == 1 ? DeliveryState::kGivenUp : DeliveryState::kDelivered);
  }
}

// Of three processes one sends; each is cut off in turn, and what it has under way with it.
TEST_F(DispatcherTest, WhoeverIsCutOffLosesNothingAndAnotherGoesOn) {
  options_.last_words = absl::ZeroDuration();
  WebhookReceiver receiver([](const auto& request) {
    return Reply{.status = request.body.size() % 7 == 0 ? 500 : 200,
                 .before = absl::Milliseconds(request.body.size() % 20)};
  });
  const base::Uuid id = Create(receiver.url());
  std::vector<std::unique_ptr<Dispatcher>> processes;
  for (int i = 0; i < 3; ++i) processes.push_back(MakeDispatcher(0));
  for (int i = 0; i < 6; ++i) {
    Move(20);
    if (i % 2 == 0) {
      processes.erase(processes.begin());  // in the midst of it
      processes.push_back(MakeDispatcher(0));
    } else {
      pipeline_.Sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
    }
    ASSERT_TRUE(Await(absl::Seconds(30), [&] { return Position(id) > moves_ - 20; }));
  }
  receiver.Behave([](const auto&) { return Reply(); });
  ASSERT_TRUE(AwaitPosition(id, moves_));
  processes.clear();
  EXPECT_EQ(Wrong(receiver, 1, moves_), "");
  EXPECT_LT(receiver.count(), static_cast<size_t>(4 * moves_)) << "and not all again and again";
}

// With its process's memory gone, all that there is stands in the tables.
TEST_F(DispatcherTest, TheLogIsReadNoFurtherThanWhatMayWait) {
  options_.limits.most_pending = 10;
  WebhookReceiver receiver([](const auto&) { return Reply{.status = 500}; });
  const base::Uuid id = Create(receiver.url());
  Begin();
  Move(20, 2);
  ASSERT_TRUE(Await(absl::Seconds(20), [&] { return Get(id).pending >= 10; }));
  const int64_t reads = Position(id);
  Move(100, 2);
  ASSERT_TRUE(AwaitGauge("crm_webhook_events_behind", [](double value) { return value >= 100; }));
  EXPECT_LE(Position(id), reads + 20) << "what was under way at most";
  receiver.Behave([](const auto&) { return Reply(); });
  ASSERT_TRUE(AwaitPosition(id, moves_));
  EXPECT_EQ(Wrong(receiver, 1, moves_), "");
}

}  // namespace
}  // namespace crm::webhook::testing
