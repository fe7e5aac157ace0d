#include "common/event/consumer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/event/dead_letters.h"
#include "common/event/relay.h"
#include "common/pg/params.h"
#include "common/stage/envelope.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using testing::kStream;
using testing::LogSource;
using testing::Pipeline;

constexpr pg::Statement kNote = {
    "test_note", "INSERT INTO applied (seq, event_id) VALUES ($1::bigint, $2::text)"};

// The effect: one row per event, in a table that would take any event twice.
absl::Status Note(pg::Transaction& transaction, absl::Span<const Event> events) {
  for (const Event& event : events) {
    CRM_RETURN_IF_ERROR(transaction.Defer(kNote, pg::MakeParams(event.sequence, event.id)));
  }
  return absl::OkStatus();
}

class ConsumerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pipeline_.Sql(
        "SET search_path TO crm_lead;"
        "CREATE TABLE applied (n bigserial PRIMARY KEY, seq bigint, event_id text);"
        "GRANT SELECT, INSERT ON applied TO crm_lead_app;"
        "GRANT USAGE ON SEQUENCE applied_n_seq TO crm_lead_app");
    relay_ = pipeline_.StartRelay();
  }

  ConsumerOptions Options() {
    ConsumerOptions options;
    options.name = "test";
    options.stream = kStream;
    options.database = pipeline_.Database("app");
    options.database.application_name = "consumer";
    options.redis = pipeline_.Redis();
    options.block = absl::Milliseconds(100);
    options.max_backoff = absl::Milliseconds(200);
    return options;
  }

  std::unique_ptr<Consumer> StartConsumer(Effect effect = Note) {
    auto consumer = std::make_unique<Consumer>(Options(), stage::DecodeEntry, &source_,
                                               std::move(effect), &pipeline_.registry);
    consumer->Start();
    return consumer;
  }

  void Publish(int moves) {
    for (int i = 0; i < moves; ++i) ASSERT_TRUE(pipeline_.Move(1 + i % 5).ok());
    published_ += moves;
    ASSERT_TRUE(pipeline_.AwaitStream(published_));
  }

  bool AwaitApplied(int64_t count) {
    return Await(absl::Seconds(20), [&] { return pipeline_.Count("applied") >= count; });
  }

  // Empty if exactly the log's events took effect, once each and in order.
  std::string FirstViolation() {
    return pipeline_.Sql(
        "SET search_path TO crm_lead;"
        "SELECT 'applied ' || coalesce(a.event_id, 'nothing') || ', logged ' ||"
        " coalesce(l.event_id::text, 'nothing') FROM (SELECT row_number() OVER (ORDER BY n) AS k,"
        " * FROM applied) a FULL JOIN event_log l ON l.seq = a.k"
        " WHERE a.seq IS DISTINCT FROM l.seq OR a.event_id IS DISTINCT FROM l.event_id::text"
        " ORDER BY l.seq LIMIT 1");
  }

  int64_t Position() {
    const std::string text =
        pipeline_.Sql("SELECT last_seq FROM crm_lead.consumer_inbox WHERE consumer = 'test'");
    return text.empty() ? 0 : std::stoll(text);
  }

  Pipeline pipeline_;
  LogSource source_{pipeline_.app.get()};
  std::unique_ptr<Relay> relay_;
  int64_t published_ = 0;
};

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

TEST_F(ConsumerTest, GivesUpOnAPoisonousEventAndMovesOn) {
  Publish(20);
  std::atomic<int> attempts{0};
  const auto consumer = StartConsumer(
      [&](pg::Transaction& transaction, absl::Span<const Event> events) -> absl::Status {
        CRM_RETURN_IF_ERROR(Note(transaction, events));
        for (const Event& event : events) {
          if (event.sequence != 8) continue;
          if (events.size() == 1) ++attempts;
          return absl::InvalidArgumentError("cannot digest this");
        }
        return absl::OkStatus();
      });
  ASSERT_TRUE(AwaitApplied(19));
  EXPECT_EQ(pipeline_.Sql("SELECT string_agg(seq::text, ',' ORDER BY n) FROM crm_lead.applied"),
            "1,2,3,4,5,6,7,9,10,11,12,13,14,15,16,17,18,19,20");
  EXPECT_EQ(attempts, 5);
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return Position() == 20; }));

  const absl::Time soon = absl::Now() + absl::Seconds(10);
  const auto letters = ListDeadLetters(*pipeline_.app, "test", 10, soon);
  ASSERT_TRUE(letters.ok()) << letters.status();
  ASSERT_EQ(letters->size(), 1u);
  EXPECT_EQ(letters->front().sequence, 8);
  EXPECT_EQ(letters->front().attempts, 5);
  EXPECT_NE(letters->front().reason.find("cannot digest this"), std::string::npos);
  EXPECT_EQ(pipeline_.Metric("crm_consumer_dead_letters_total"), 1);
  EXPECT_TRUE(
      Await(absl::Seconds(10), [&] { return pipeline_.Metric("crm_dead_letters_waiting") == 1; }));

  EXPECT_FALSE(ReplayDeadLetter(
                   *pipeline_.app, "test", kStream, 8,
                   [](auto&, auto) { return absl::InternalError("still not"); }, soon)
                   .ok());
  ASSERT_TRUE(ReplayDeadLetter(*pipeline_.app, "test", kStream, 8, Note, soon).ok());
  EXPECT_EQ(pipeline_.Count("applied"), 20);
  EXPECT_EQ(ReplayDeadLetter(*pipeline_.app, "test", kStream, 8, Note, soon).code(),
            absl::StatusCode::kNotFound);
  EXPECT_TRUE(ListDeadLetters(*pipeline_.app, "test", 10, soon)->empty());
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

TEST_F(ConsumerTest, GivesUpOnAnEventThatTheDatabaseRefuses) {
  pipeline_.Sql("ALTER TABLE crm_lead.applied ADD CHECK (seq <> 3)");
  Publish(6);
  const auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(5));
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return pipeline_.Count("dead_letter") == 1; }));
  EXPECT_EQ(pipeline_.Sql("SELECT seq FROM crm_lead.dead_letter"), "3");
}

TEST_F(ConsumerTest, NeverGivesUpForATransientFailure) {
  Publish(3);
  std::atomic<int> attempts{0};
  const auto consumer = StartConsumer(
      [&](pg::Transaction& transaction, absl::Span<const Event> events) -> absl::Status {
        if (++attempts <= 12) return absl::UnavailableError("a neighbour is away");
        return Note(transaction, events);
      });
  ASSERT_TRUE(AwaitApplied(3));
  EXPECT_EQ(pipeline_.Count("dead_letter"), 0);
  EXPECT_EQ(FirstViolation(), "");
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

TEST_F(ConsumerTest, ComparesItsPositionInTheTransactionOfTheEffect) {
  Publish(6);
  const auto events = source_.After(0, 6);
  ASSERT_TRUE(events.ok());
  auto one = pg::Connection::Open(pipeline_.Database("app"));
  auto two = pg::Connection::Open(pipeline_.Database("app"));
  ConsumerInbox first(one->get(), "test", kStream);
  ConsumerInbox second(two->get(), "test", kStream);
  ASSERT_TRUE(first.Load().ok());
  const auto all = absl::MakeConstSpan(*events);
  ASSERT_TRUE(first.Apply(all.subspan(0, 4), Note, false).ok());
  EXPECT_TRUE(second.Apply(all.subspan(0, 4), Note, false).ok()) << "nothing left to do";
  EXPECT_EQ(second.Apply(all.subspan(5), Note, false).code(), absl::StatusCode::kAborted)
      << "a hole";
  EXPECT_TRUE(second.Apply(all.subspan(2), Note, false).ok()) << "only what is beyond";
  EXPECT_EQ(FirstViolation(), "");
}

}  // namespace
}  // namespace crm::event
