#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/event/event_log.h"
#include "common/event/relay.h"
#include "common/stage/envelope.h"
#include "common/stage/reconcile.h"
#include "common/stage/stage_event.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using testing::kStream;
using testing::Pipeline;

// What a restore of the database to an earlier point leaves: the log ends at five, the stream at
// ten.
class Divergence : public ::testing::Test {
 protected:
  void SetUp() override {
    {
      const auto relay = pipeline_.StartRelay();
      for (int i = 0; i < 10; ++i) ASSERT_TRUE(pipeline_.Move(1).ok());
      ASSERT_TRUE(pipeline_.AwaitStream(10));
    }
    pipeline_.Sql(
        "SET search_path TO crm_lead; DELETE FROM event_log WHERE seq > 5;"
        "DELETE FROM stage_history WHERE version > 5; UPDATE event_stream SET last_seq = 5;"
        "UPDATE thing SET version = 5 WHERE version = 10");
  }

  bool AwaitDiverged(double value) {
    return Await(absl::Seconds(10),
                 [&] { return pipeline_.Metric("crm_stream_diverged") == value; });
  }

  absl::StatusOr<Reconciliation> Reconciled() {
    auto database = pg::Connection::Open(pipeline_.Database("migrate"));
    auto redis = redis::Connection::Open(pipeline_.Redis());
    return stage::Reconcile(**database, **redis, "lead", 0, "operator",
                            base::SystemClock::Instance(), pipeline_.ids);
  }

  Pipeline pipeline_;
};

TEST_F(Divergence, StopsPublishingAndNeverOverwrites) {
  const auto before = pipeline_.EntryTexts();
  const auto relay = pipeline_.StartRelay();
  ASSERT_TRUE(AwaitDiverged(1));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pipeline_.Move(1).ok());
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return pipeline_.Count("outbox_in") == 0; }));
  EXPECT_EQ(pipeline_.EntryTexts(), before);
}

TEST_F(Divergence, IsFoundAlsoWhenTheLogHasOvertakenTheStream) {
  const auto before = pipeline_.EntryTexts();
  for (int i = 0; i < 9; ++i) ASSERT_TRUE(pipeline_.Move(1).ok());
  auto connection = pg::Connection::Open(pipeline_.Database("relay"));
  ASSERT_EQ(Sequencer(connection->get(), 0).Sequence(100)->size(), 9u);
  const auto relay = pipeline_.StartRelay();
  ASSERT_TRUE(AwaitDiverged(1));
  EXPECT_EQ(pipeline_.EntryTexts(), before);
}

TEST_F(Divergence, IsReconciledByAMarkerBehindTheOrphans) {
  const auto before = pipeline_.EntryTexts();
  const auto relay = pipeline_.StartRelay();
  ASSERT_TRUE(AwaitDiverged(1));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pipeline_.Move(1).ok());
  ASSERT_TRUE(Await(absl::Seconds(5), [&] { return pipeline_.Count("outbox_in") == 0; }));

  const auto done = Reconciled();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_TRUE(done->diverged);
  EXPECT_EQ(done->epoch, 2);
  EXPECT_EQ(done->first_orphan, 6);
  EXPECT_EQ(done->last_orphan, 10);
  EXPECT_EQ(done->marker_sequence, 11);
  EXPECT_EQ(done->renumbered, 3);

  ASSERT_TRUE(pipeline_.AwaitStream(14)) << "the relay notices by itself";
  EXPECT_TRUE(AwaitDiverged(0));
  auto after = pipeline_.EntryTexts();
  after.resize(10);
  EXPECT_EQ(after, before) << "what readers have seen stays";
  const auto entries = pipeline_.Entries();
  EXPECT_EQ(entries[10].fields.Field("type").view(), "crm.lead.stream.reconciled.v1");
  EXPECT_EQ(entries[10].fields.Field("from_stage").view(), "6");
  EXPECT_EQ(entries[10].fields.Field("to_stage").view(), "10");
  EXPECT_EQ(entries[10].fields.Field("epoch").view(), "2");
  EXPECT_EQ(entries[11].fields.Field("version").view(), "6");
}

TEST_F(Divergence, LeavesLogAndStreamEqual) {
  ASSERT_TRUE(Reconciled().ok());
  const auto relay = pipeline_.StartRelay();
  ASSERT_TRUE(pipeline_.Move(1).ok());
  ASSERT_TRUE(pipeline_.AwaitStream(12));
  const auto log =
      ReadLog(*pipeline_.app, pg::Tenants::All(), {.limit = 100}, absl::Now() + absl::Seconds(5));
  ASSERT_TRUE(log.ok());
  const auto entries = pipeline_.Entries();
  ASSERT_EQ(log->rows.size(), entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(log->rows[i].entry_id(), entries[i].id);
    EXPECT_EQ(log->rows[i].event_id.ToString(), entries[i].fields.Field("id").view());
    EXPECT_EQ(stage::StageEventOf(log->rows[i])->SerializeAsString(),
              stage::StageEventOf(entries[i])->SerializeAsString());
  }
}

TEST(Reconciliation, ChangesNothingWhereNothingDiverged) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.Move(1).ok());
  ASSERT_TRUE(pipeline.AwaitStream(1));
  auto database = pg::Connection::Open(pipeline.Database("migrate"));
  auto redis = redis::Connection::Open(pipeline.Redis());
  const auto done = stage::Reconcile(**database, **redis, "lead", 0, "operator",
                                     base::SystemClock::Instance(), pipeline.ids);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_FALSE(done->diverged);
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

TEST(DivergedKey, IsLeftAlone) {
  Pipeline pipeline;
  pipeline.redis_server.Run({"SET", kStream, "something else"});
  const auto relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.Move(1).ok());
  EXPECT_TRUE(
      Await(absl::Seconds(10), [&] { return pipeline.Metric("crm_stream_diverged") == 1; }));
  EXPECT_EQ(pipeline.redis_server.Run({"GET", kStream}), "something else");
}

}  // namespace
}  // namespace crm::event
