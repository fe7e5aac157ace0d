#include <atomic>
#include <random>
#include <thread>

#include "absl/time/clock.h"
#include "tests/integration/event/consumer_fixture.h"

namespace crm::event {
namespace {

using namespace testing;  // NOLINT: the fixture

TEST_F(ConsumerTest, AppliesEveryEventOnceInOrder) {
  Publish(30);
  const auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(30));
  Publish(30);
  ASSERT_TRUE(AwaitApplied(60));
  EXPECT_EQ(FirstViolation(), "");
  EXPECT_EQ(source_.calls(), 0) << "the stream holds everything";
}

TEST_F(ConsumerTest, GoesOnWhereItStopped) {
  Publish(10);
  auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(10));
  consumer->Stop();
  Publish(10);
  consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(20));
  EXPECT_EQ(FirstViolation(), "");
}

TEST_F(ConsumerTest, FillsAHoleFromTheLog) {
  Publish(20);
  const auto entries = pipeline_.Entries();
  pipeline_.redis_server.Run({"XDEL", kStream, entries[7].id.ToString(), entries[8].id.ToString()});
  const auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(20));
  EXPECT_EQ(FirstViolation(), "");
  EXPECT_GT(source_.calls(), 0);
}

TEST_F(ConsumerTest, ReadsWhatHasAgedOutFromTheLog) {
  Publish(20);
  pipeline_.redis_server.Run({"XTRIM", kStream, "MAXLEN", "5"});
  const auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(20));
  EXPECT_EQ(FirstViolation(), "");
}

TEST_F(ConsumerTest, ReadsTheLogWhileRedisIsAway) {
  Publish(10);
  pipeline_.redis_server.Kill();
  const auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(10));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(pipeline_.Move(1).ok());
  ASSERT_TRUE(AwaitApplied(15));
  pipeline_.redis_server.Start();
  ASSERT_TRUE(pipeline_.AwaitStream(15));
  ASSERT_TRUE(pipeline_.Move(1).ok());
  ASSERT_TRUE(AwaitApplied(16));
  EXPECT_EQ(FirstViolation(), "");
}

TEST_F(ConsumerTest, DoesNotTrustForeignEntries) {
  Publish(5);
  relay_->Stop();
  const std::string foreign = absl::StrCat(pipeline_.Entries().back().id.ms, "-6");
  pipeline_.redis_server.Run({"XADD", kStream, foreign, "seq", "6", "epoch", "1", "data", "{"});
  const auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(5));
  EXPECT_EQ(FirstViolation(), "");
}

TEST_F(ConsumerTest, TheActiveOneAloneTellsHowFarItIsBehind) {
  std::atomic<bool> fails{true};
  const Effect effect = [&](pg::Transaction& transaction,
                            absl::Span<const Event> events) -> absl::Status {
    if (fails) return absl::UnavailableError("not now");
    return Note(transaction, events);
  };
  metrics::Registry standby_registry;
  auto active = StartConsumer(effect);
  Publish(7);
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    return pipeline_.Metric("crm_consumer_lag_events") == 7 &&
           pipeline_.Metric("crm_consumer_lag_seconds") > 0;
  })) << pipeline_.registry.Text();
  Consumer standby(Options(), stage::DecodeEntry, &source_, effect, &standby_registry);
  standby.Start();
  fails = false;
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    return pipeline_.Metric("crm_consumer_lag_events") == 0 &&
           pipeline_.Metric("crm_consumer_lag_seconds") == 0;
  })) << pipeline_.registry.Text();
  EXPECT_EQ(standby_registry.Text().find("crm_consumer_lag"), std::string::npos);
  active->Stop();
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    return standby_registry.Text().find("crm_consumer_lag_events{") != std::string::npos;
  }));
  EXPECT_EQ(pipeline_.Metric("crm_consumer_lag_events"), -1);
}

TEST_F(ConsumerTest, HasItsEffectOnceWhileConnectionsAreCutAndConsumersCompete) {
  std::atomic<bool> done{false};
  auto one = StartConsumer();
  auto two = StartConsumer();
  std::thread chaos([&] {
    std::mt19937 random(3);
    while (!done) {
      switch (random() % 3) {
        case 0:
          pipeline_.Sql(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
              "WHERE application_name = 'consumer' AND datname = current_database()");
          break;
        case 1:
          pipeline_.redis_server.Run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
          break;
        case 2:
          one = StartConsumer();
          break;
      }
      absl::SleepFor(absl::Milliseconds(random() % 30));
    }
  });
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(pipeline_.Move(1 + i % 5).ok());
  done = true;
  chaos.join();
  ASSERT_TRUE(AwaitApplied(300));
  EXPECT_EQ(FirstViolation(), "");
}

// The known-bad way: an effect outside of the transaction is repeated with it.
TEST_F(ConsumerTest, RepeatsAnEffectThatIsOutsideOfTheTransaction) {
  Publish(3);
  std::atomic<int> outside{0};
  std::atomic<int> runs{0};
  const auto consumer = StartConsumer(
      [&](pg::Transaction& transaction, absl::Span<const Event> events) -> absl::Status {
        CRM_RETURN_IF_ERROR(Note(transaction, events));
        outside += static_cast<int>(events.size());
        return ++runs == 1 ? absl::UnavailableError("once") : absl::OkStatus();
      });
  ASSERT_TRUE(AwaitApplied(3));
  EXPECT_EQ(FirstViolation(), "");
  EXPECT_GT(outside, 3);
}

TEST_F(ConsumerTest, PassesOverWhatDoesNotConcernIt) {
  ConsumerOptions options = Options();
  options.batch_size = 2;
  options.concerns = [](const Event& event) { return event.sequence % 10 == 0; };
  std::atomic<int> runs = 0;
  const Effect note_tenth = [&](pg::Transaction& transaction, absl::Span<const Event> events) {
    ++runs;
    std::vector<Event> concerned;
    for (const Event& event : events) {
      if (event.sequence % 10 == 0) concerned.push_back(event);
    }
    EXPECT_LE(concerned.size(), 2u);
    return Note(transaction, concerned);
  };
  const auto await_position = [&](int64_t position) {
    EXPECT_TRUE(Await(absl::Seconds(20), [&] { return Position() == position; })) << Position();
  };
  Publish(58);
  auto consumer = StartConsumer(options, note_tenth);
  ASSERT_TRUE(AwaitApplied(5));
  await_position(58);
  EXPECT_LE(runs, 5);

  Publish(9);
  ASSERT_TRUE(AwaitApplied(6));
  consumer->Stop();  // perhaps before it wrote down that it is behind the last ones
  Publish(10);
  consumer = StartConsumer(options, note_tenth);
  ASSERT_TRUE(AwaitApplied(7));
  await_position(77);
  EXPECT_EQ(pipeline_.Sql("SELECT string_agg(seq::text, ' ' ORDER BY n) FROM crm_lead.applied"),
            "10 20 30 40 50 60 70");
}

TEST_F(ConsumerTest, ComparesItsPositionInTheTransactionOfTheEffect) {
  Publish(6);
  const auto page = source_.After(0, 6);
  ASSERT_TRUE(page.ok());
  auto one = pg::Connection::Open(pipeline_.Database("app"));
  auto two = pg::Connection::Open(pipeline_.Database("app"));
  ConsumerInbox first(one->get(), "test", kStream);
  ConsumerInbox second(two->get(), "test", kStream);
  ASSERT_TRUE(first.Load().ok());
  const auto all = absl::MakeConstSpan(page->events);
  ASSERT_TRUE(first.Apply(all.subspan(0, 4), Note, 0).ok());
  EXPECT_TRUE(second.Apply(all.subspan(0, 4), Note, 0).ok()) << "nothing left to do";
  EXPECT_EQ(second.Apply(all.subspan(5), Note, 5).code(), absl::StatusCode::kAborted) << "a hole";
  EXPECT_TRUE(second.Apply(all.subspan(2), Note, 2).ok()) << "only what is beyond";
  EXPECT_EQ(FirstViolation(), "");
}

}  // namespace
}  // namespace crm::event
