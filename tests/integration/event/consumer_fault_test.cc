// What a consumer does about events that cannot have their effect, and who is to blame.

#include <algorithm>
#include <atomic>

#include "absl/time/clock.h"
#include "common/event/dead_letters.h"
#include "common/pg/error_map.h"
#include "tests/integration/event/consumer_fixture.h"

namespace crm::event {
namespace {

using testing::Await;
using testing::ConsumerTest;
using testing::kStream;
using testing::Note;

class ConsumerFaultTest : public ConsumerTest {};

TEST_F(ConsumerFaultTest, WhoIsToBlame) {
  const struct {
    absl::Status status;
    Fault fault;
  } rows[] = {
      {absl::UnavailableError(""), Fault::kCircumstances},
      {absl::AbortedError(""), Fault::kCircumstances},
      {absl::DeadlineExceededError(""), Fault::kCircumstances},
      {absl::CancelledError(""), Fault::kCircumstances},
      {absl::ResourceExhaustedError(""), Fault::kCircumstances},
      {absl::InvalidArgumentError(""), Fault::kEvent},
      {absl::NotFoundError(""), Fault::kEvent},
      {absl::AlreadyExistsError(""), Fault::kEvent},
      {absl::FailedPreconditionError(""), Fault::kEvent},
      {absl::OutOfRangeError(""), Fault::kEvent},
      {absl::DataLossError(""), Fault::kEvent},
      {absl::UnimplementedError(""), Fault::kEvent},
      {absl::PermissionDeniedError(""), Fault::kEvent},
      {absl::UnauthenticatedError(""), Fault::kEvent},
      {absl::InternalError(""), Fault::kUnclear},
      {absl::UnknownError(""), Fault::kUnclear},
  };
  for (const auto& row : rows) EXPECT_EQ(FaultOf(row.status), row.fault) << row.status;
}

TEST_F(ConsumerFaultTest, WhoIsToBlameForWhatPostgresqlSays) {
  const struct {
    const char* sqlstate;
    Fault fault;
  } rows[] = {
      {"22003", Fault::kEvent},          // a number is out of range
      {"22021", Fault::kEvent},          // not in the encoding
      {"23505", Fault::kUnclear},        // a unique key
      {"23514", Fault::kUnclear},        // a check
      {"25006", Fault::kCircumstances},  // a standby
      {"28000", Fault::kCircumstances},  // who may log in
      {"42501", Fault::kCircumstances},  // a grant is missing
      {"42P01", Fault::kCircumstances},  // a table is missing
      {"53100", Fault::kCircumstances},  // the disk is full
      {"53200", Fault::kCircumstances},  // out of memory
      {"57P01", Fault::kCircumstances},  // shut down
      {"58030", Fault::kCircumstances},  // an I/O error
      {"XX001", Fault::kCircumstances},  // damaged pages
  };
  for (const auto& row : rows) {
    const std::string raise = absl::StrCat("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '",
                                           row.sqlstate, "', MESSAGE = 'x'; END $$");
    auto connection = pg::Connection::Open(pipeline_.Database("app"));
    ASSERT_TRUE(connection.ok()) << connection.status();
    const absl::Status status = (*connection)->Execute(raise).status();
    EXPECT_EQ(FaultOf(status), row.fault) << row.sqlstate << ": " << status;
  }
}

TEST_F(ConsumerFaultTest, GivesUpOnAPoisonousEventAndMovesOn) {
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
  EXPECT_EQ(attempts, 1) << "a rule refuses it again";
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return Position() == 20; }));

  const absl::Time soon = absl::Now() + absl::Seconds(10);
  const auto letters = ListDeadLetters(*pipeline_.app, "test", 10, soon);
  ASSERT_TRUE(letters.ok()) << letters.status();
  ASSERT_EQ(letters->size(), 1u);
  EXPECT_EQ(letters->front().sequence, 8);
  EXPECT_EQ(letters->front().attempts, 1);
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

// One caller can hold up nobody: sixty events that are refused among three hundred cost no waiting.
TEST_F(ConsumerFaultTest, ManyRefusedEventsAreFoundByHalves) {
  constexpr int kEvents = 300;
  constexpr int kRefused = kEvents / 5;
  Publish(kEvents);
  std::atomic<int> runs{0};
  std::atomic<int> singles{0};
  const auto consumer = StartConsumer(
      [&](pg::Transaction& transaction, absl::Span<const Event> events) -> absl::Status {
        ++runs;
        const bool refused = std::any_of(events.begin(), events.end(),
                                         [](const Event& e) { return e.sequence % 5 == 0; });
        if (!refused) return Note(transaction, events);
        singles += events.size() == 1 ? 1 : 0;
        return absl::NotFoundError("contacts/nobody");
      });
  ASSERT_TRUE(AwaitApplied(kEvents - kRefused));
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return Position() == kEvents; }));
  EXPECT_EQ(pipeline_.Count("dead_letter"), kRefused);
  EXPECT_EQ(singles, kRefused) << "each is tried once alone";
  EXPECT_LE(runs, 2 * kEvents) << "a binary tree over the batch";
}

TEST_F(ConsumerFaultTest, WhatWasMissingTakesEffectWhenItAppears) {
  std::atomic<bool> exists{false};
  ConsumerOptions options = Options();
  options.missed_letters = absl::Milliseconds(50);
  const auto consumer = StartConsumer(
      options, [&](pg::Transaction& transaction, absl::Span<const Event> events) -> absl::Status {
        for (const Event& event : events) {
          if (event.sequence % 10 == 0 && !exists) return absl::NotFoundError("contacts/late");
          if (event.sequence == 7) return absl::InvalidArgumentError("never");
        }
        return Note(transaction, events);
      });
  Publish(300);
  ASSERT_TRUE(AwaitApplied(300 - 30 - 1));
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return Position() == 300; }));
  EXPECT_EQ(pipeline_.Count("applied"), 269);
  exists = true;
  ASSERT_TRUE(AwaitApplied(299)) << "more than are tried at a time";
  EXPECT_EQ(pipeline_.Sql("SELECT string_agg(seq::text, ',') FROM crm_lead.dead_letter WHERE "
                          "replay_time IS NULL"),
            "7");
  EXPECT_EQ(pipeline_.Sql("SELECT count(DISTINCT seq) FROM crm_lead.applied"), "299");
}

TEST_F(ConsumerFaultTest, GivesUpOnAnEventThatTheDatabaseRefuses) {
  pipeline_.Sql("ALTER TABLE crm_lead.applied ADD CHECK (seq <> 3)");
  Publish(6);
  const auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(5));
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return pipeline_.Count("dead_letter") == 1; }));
  EXPECT_EQ(pipeline_.Sql("SELECT seq FROM crm_lead.dead_letter"), "3");
}

TEST_F(ConsumerFaultTest, AMissingGrantStopsTheReaderAndBuriesNothing) {
  Publish(5);
  auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(5));
  pipeline_.Sql("REVOKE INSERT ON crm_lead.applied FROM crm_lead_app");
  Publish(20);
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    return pipeline_.Metric("crm_consumer_lag_events") == 20;
  })) << pipeline_.registry.Text();
  EXPECT_EQ(Position(), 5);
  pipeline_.Sql("GRANT INSERT ON crm_lead.applied TO crm_lead_app");
  ASSERT_TRUE(AwaitApplied(25));
  EXPECT_EQ(pipeline_.Count("dead_letter"), 0);
  EXPECT_EQ(FirstViolation(), "");
}

TEST_F(ConsumerFaultTest, NeverGivesUpForATransientFailure) {
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

// The publisher's database is restored to an earlier point and its stream is gone: it gives the
// sequences that a consumer has read to other events, which must not be passed over.
class RestoredTest : public ConsumerFaultTest {
 protected:
  void SetUp() override {
    ConsumerFaultTest::SetUp();
    Publish(10);
    {
      const auto consumer = StartConsumer();
      ASSERT_TRUE(AwaitApplied(10));
    }
    relay_.reset();
    pipeline_.redis_server.FlushAll();
  }
  void GiveBack(int last) {
    pipeline_.Sql(absl::StrCat("SET search_path TO crm_lead; DELETE FROM event_log WHERE seq > ",
                               last, "; UPDATE event_stream SET last_seq = ", last));
  }
};

TEST_F(RestoredTest, AConsumerStopsAndSaysSo) {
  GiveBack(6);
  const auto consumer = StartConsumer();
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    return pipeline_.Metric("crm_consumer_diverged") == 1;
  })) << "the log ends before what was read";
  const auto relay = pipeline_.StartRelay();
  for (int move = 0; move < 8; ++move) ASSERT_TRUE(pipeline_.Move(1 + move % 3).ok());
  ASSERT_TRUE(pipeline_.AwaitStream(14));
  EXPECT_EQ(pipeline_.Metric("crm_consumer_diverged"), 1) << "event 10 is another one now";
  EXPECT_EQ(pipeline_.Count("applied"), 10);
  EXPECT_EQ(Position(), 10);
}

TEST_F(RestoredTest, OneWhoseStreamAloneIsGoneGoesOn) {
  const auto consumer = StartConsumer();
  const auto relay = pipeline_.StartRelay();
  ASSERT_TRUE(pipeline_.Move(1).ok());
  ASSERT_TRUE(AwaitApplied(11));
  EXPECT_EQ(pipeline_.Metric("crm_consumer_diverged"), 0);
}

}  // namespace
}  // namespace crm::event
