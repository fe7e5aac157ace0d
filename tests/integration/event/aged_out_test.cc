// Events that have left the publisher's log before a consumer has read them.

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "common/event/rebuild.h"
#include "tests/integration/event/consumer_fixture.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using testing::ConsumerTest;
using testing::kStream;

// Events that nobody has any more: the first 12 of 20, as partitions that were dropped.
class AgedOutTest : public ConsumerTest {
 protected:
  void SetUp() override {
    ConsumerTest::SetUp();
    Publish(20);
    pipeline_.redis_server.Run({"XTRIM", kStream, "MAXLEN", "0"});
    pipeline_.Sql(
        "SET search_path TO crm_lead; DELETE FROM event_log WHERE seq <= 12;"
        "UPDATE event_stream SET floor_seq = 13");
  }
};

TEST_F(AgedOutTest, AConsumerStopsBeforeThemAndSaysSo) {
  const auto consumer = StartConsumer();
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    return pipeline_.Metric("crm_consumer_aged_out_events") == 12;
  })) << "noticed without a new event";
  EXPECT_EQ(pipeline_.Count("applied"), 0);
  EXPECT_EQ(Position(), 0);
  EXPECT_EQ(pipeline_.Count("dead_letter"), 0);
}

TEST_F(AgedOutTest, OrSkipsThemIfItIsToldTo) {
  ConsumerOptions options = Options();
  options.aged_out = AgedOut::kSkip;
  const auto consumer = StartConsumer(options);
  ASSERT_TRUE(AwaitApplied(8));
  EXPECT_EQ(pipeline_.Sql("SELECT min(seq), max(seq) FROM crm_lead.applied"), "13|20");
  EXPECT_EQ(pipeline_.Metric("crm_consumer_skipped_total"), 12);
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return Position() == 20; }));
}

// What it knows already changes nothing, as it must be with effects of those who rebuild.
absl::Status NoteOnce(pg::Transaction& transaction, absl::Span<const Event> events) {
  constexpr pg::Statement kNoteOnce = {
      "test_note_once",
      "INSERT INTO applied (seq, event_id) SELECT $1::bigint, $2::text WHERE NOT EXISTS (SELECT "
      "FROM applied WHERE event_id = $2::text)"};
  for (const Event& event : events) {
    CRM_RETURN_IF_ERROR(transaction.Defer(kNoteOnce, pg::MakeParams(event.sequence, event.id)));
  }
  return absl::OkStatus();
}

TEST_F(AgedOutTest, OrRebuildsThemFromHistory) {
  ASSERT_TRUE(pipeline_.Move(1).ok());  // the stream shows that something is missing
  const std::string lost = pipeline_.Sql(
      "SELECT event_id FROM crm_lead.stage_history WHERE version = 2 ORDER BY aggregate LIMIT 1");
  std::atomic<int> failures{2};
  std::atomic<bool> appears{false};
  ConsumerOptions options = Options();
  options.aged_out = AgedOut::kRebuild;
  options.history = &source_;
  options.batch_size = 3;
  options.missed_letters = absl::Milliseconds(50);
  const auto consumer = StartConsumer(
      options, [&](pg::Transaction& transaction, absl::Span<const Event> events) -> absl::Status {
        CRM_RETURN_IF_ERROR(NoteOnce(transaction, events));
        for (const Event& event : events) {
          if (event.id == lost && !appears) return absl::NotFoundError("contacts/late");
        }
        // Broken off in the middle, it begins anew.
        const bool fails = pipeline_.Count("applied") >= 6 && failures-- > 0;
        return fails ? absl::UnavailableError("not now") : absl::OkStatus();
      });
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return Position() == 21; }));
  EXPECT_EQ(pipeline_.Count("applied"), 20);
  EXPECT_EQ(pipeline_.Metric("crm_consumer_rebuilt_total"), 20);
  EXPECT_EQ(pipeline_.Metric("crm_consumer_aged_out_events"), 0);
  EXPECT_EQ(pipeline_.Sql("SELECT event_id FROM crm_lead.dead_letter WHERE seq < 0"), lost);
  appears = true;
  ASSERT_TRUE(AwaitApplied(21));
  ASSERT_TRUE(pipeline_.Move(2).ok());
  ASSERT_TRUE(AwaitApplied(22)) << "it goes on";
  EXPECT_EQ(pipeline_.Sql("SELECT count(*) FROM crm_lead.stage_history h FULL JOIN "
                          "crm_lead.applied a ON a.event_id = h.event_id::text WHERE h.event_id IS "
                          "NULL OR a.event_id IS NULL"),
            "0");
  EXPECT_EQ(pipeline_.Count("applied"), 22) << "each once";
}

// While another reader of the same consumer moves on.
TEST_F(AgedOutTest, OrWaitsForAnOperatorToRebuildThem) {
  ASSERT_TRUE(pipeline_.Move(1).ok());  // the stream shows that something is missing
  const Effect effect = NoteOnce;
  const auto consumer = StartConsumer(Options(), effect);
  EXPECT_TRUE(Await(absl::Seconds(20),
                    [&] { return pipeline_.Metric("crm_consumer_aged_out_events") == 12; }));
  const auto database = pg::Connection::Open(pipeline_.Database("app"));
  ASSERT_TRUE(database.ok()) << database.status();
  ConsumerInbox inbox(database->get(), "test", kStream);
  const ConsumerInbox::Position behind = {12, {1, 12}};
  RebuildOrder order{.history = source_, .effect = effect};
  order.last_gone = behind.sequence;
  order.batch_size = 3;
  EXPECT_TRUE(MoveBehind(inbox, order, behind).ok());
  ASSERT_TRUE(AwaitApplied(9)) << "the consumer sees that its position is another one";
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return Position() == 21; }));
  EXPECT_TRUE(absl::IsAborted(RebuildFromHistory(inbox, order, behind).status()))
      << "the position is another one";
  order.follows = true;
  const auto rebuilt = RebuildFromHistory(inbox, order, behind);
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ(rebuilt->moves, 21);
  EXPECT_EQ(pipeline_.Count("applied"), 21) << "each once";
  EXPECT_EQ(Position(), 21) << "never back";
}

TEST_F(AgedOutTest, AHoleAboveTheFloorIsNeverSkipped) {
  pipeline_.Sql("UPDATE crm_lead.event_stream SET floor_seq = 5");
  ConsumerOptions options = Options();
  options.aged_out = AgedOut::kSkip;
  const auto consumer = StartConsumer(options);
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return source_.calls() >= 3; }));
  EXPECT_EQ(Position(), 0);
  EXPECT_EQ(pipeline_.Count("applied"), 0);
}

}  // namespace
}  // namespace crm::event
