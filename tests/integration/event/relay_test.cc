#include "common/event/relay.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/event/sequencer.h"
#include "common/pg/connection.h"
#include "common/stage/envelope.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"
#include "tests/support/fake_clock.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using testing::kStream;
using testing::Pipeline;

// `writers` threads at once, each `moves` moves of things that they share.
void MoveConcurrently(Pipeline& pipeline, int writers, int moves, Relay* poked = nullptr) {
  std::vector<std::thread> threads;
  for (int writer = 0; writer < writers; ++writer) {
    threads.emplace_back([&, writer] {
      std::mt19937 random(static_cast<uint32_t>(writer));
      for (int i = 0; i < moves; ++i) {
        ASSERT_TRUE(pipeline.Move(1 + static_cast<int>(random() % 5)).ok());
        if (poked != nullptr) poked->Poke();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(Relay, PublishesEveryMoveOnceInOrderWithoutHoles) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  MoveConcurrently(pipeline, 6, 60, relay.get());
  ASSERT_TRUE(pipeline.AwaitStream(360));
  EXPECT_EQ(pipeline.FirstViolation(), "");
  EXPECT_EQ(pipeline.Count("outbox_in"), 0);
}

TEST(Relay, NeedsNoPoke) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.Move(1).ok());
  EXPECT_TRUE(pipeline.AwaitStream(1, absl::Seconds(5)));
}

TEST(Relay, GivesALateCommitterALaterNumber) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  auto lease = pipeline.app->Acquire(absl::Now() + absl::Seconds(5));
  ASSERT_TRUE(lease.ok());
  pg::Transaction late(**lease, pg::Tenants::All(), absl::Now() + absl::Seconds(20));
  ASSERT_TRUE(pipeline.MoveIn(late, 1).ok());
  constexpr pg::Statement kOldId = {"test_now", "SELECT 1"};
  ASSERT_TRUE(late.Query(kOldId, pg::Params()).ok()) << "its outbox row has its id now";

  ASSERT_TRUE(pipeline.MoveAll({2, 3}).ok());
  ASSERT_TRUE(pipeline.AwaitStream(2)) << "others do not wait for it";
  ASSERT_TRUE(late.Commit().ok());
  ASSERT_TRUE(pipeline.AwaitStream(3));
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

// What orders by transaction ids waits for the oldest of them, of whatever database.
TEST(Relay, WaitsForNoTransactionOfAnotherDatabase) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  const std::string other = pipeline.postgres.CreateDatabase();
  auto connection = pg::Connection::Open({pipeline.postgres.Url(other), "public", "other"});
  ASSERT_TRUE(connection.ok()) << connection.status();
  ASSERT_TRUE((*connection)->Execute("BEGIN; CREATE TABLE held (id int)").ok());
  for (int move = 1; move <= 20; ++move) ASSERT_TRUE(pipeline.Move(1 + move % 3).ok());
  ASSERT_TRUE(pipeline.AwaitStream(20));
  EXPECT_EQ(pipeline.FirstViolation(), "");
  const std::string held =
      pipeline.Sql(absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in "
                                "transaction' AND backend_xid IS "
                                "NOT NULL AND datname = '",
                                other, "'"));
  EXPECT_EQ(held, "1") << "or nothing was shown";
}

TEST(Relay, CutsALargeBacklogIntoPages) {
  Pipeline pipeline;
  ASSERT_TRUE(pipeline.MoveInBulk(2600).ok());
  auto relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.AwaitStream(2600));
  EXPECT_EQ(pipeline.FirstViolation(), "");
  relay->Stop();
  const auto before = pipeline.EntryTexts();
  pipeline.redis_server.FlushAll();
  relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.AwaitStream(2600)) << "out of the log, of which the next page is read ahead";
  EXPECT_EQ(pipeline.EntryTexts(), before);
}

TEST(Relay, SharesTheStreamWithOtherRelays) {
  Pipeline pipeline;
  const auto one = pipeline.StartRelay();
  const auto two = pipeline.StartRelay();
  auto three = pipeline.StartRelay();
  std::thread stopper([&] {
    for (int i = 0; i < 5; ++i) {
      three->Stop();
      three = pipeline.StartRelay();
    }
  });
  MoveConcurrently(pipeline, 4, 75);
  stopper.join();
  ASSERT_TRUE(pipeline.AwaitStream(300));
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

TEST(Relay, TakesOverWhenTheLeaderGoes) {
  Pipeline pipeline;
  auto leader = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.Move(1).ok());
  ASSERT_TRUE(pipeline.AwaitStream(1));
  const auto follower = pipeline.StartRelay();
  leader->Stop();
  ASSERT_TRUE(pipeline.Move(1).ok());
  EXPECT_TRUE(pipeline.AwaitStream(2, absl::Seconds(5)));
}

TEST(Relay, ActsInPlaceOfALeaderThatIsStuck) {
  Pipeline pipeline;
  auto stuck = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(stuck.ok());
  ASSERT_TRUE((*stuck)
                  ->Execute("SELECT pg_advisory_lock("
                            "hashtextextended(current_schema() || '.relay', 0))")
                  .ok());
  const auto relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.Move(1).ok());
  EXPECT_TRUE(pipeline.AwaitStream(1, absl::Seconds(10)));
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

TEST(Relay, PublishesWhatWasCommittedBeforeItStops) {
  Pipeline pipeline;
  auto relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.Move(1).ok());
  ASSERT_TRUE(pipeline.AwaitStream(1));
  ASSERT_TRUE(pipeline.MoveAll({1, 2, 3}).ok());
  relay->Stop();
  EXPECT_EQ(pipeline.StreamLength(), 4);
}

TEST(Relay, TrimsByTimeAndReportsGroupsThatLoseEntries) {
  Pipeline pipeline;
  crm::testing::FakeClock clock(absl::Now());
  RelayOptions options = pipeline.RelayOptionsForTest();
  Relay relay(options, std::make_unique<stage::StageEntryRenderer>(), &pipeline.registry, &clock);
  relay.Start();
  std::vector<int> things(200, 1);
  ASSERT_TRUE(pipeline.MoveAll(things).ok());
  ASSERT_TRUE(pipeline.AwaitStream(200));
  pipeline.redis_server.Run({"XGROUP", "CREATE", kStream, "slow", "0"});
  EXPECT_TRUE(Await(absl::Seconds(5), [&] {
    return pipeline.registry.Text().find(
               "crm_stream_group_lag{group=\"slow\",partition=\"0\"} 200") != std::string::npos;
  }));
  clock.Advance(absl::Hours(8 * 24));
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return pipeline.StreamLength() < 150; }));
  ASSERT_TRUE(pipeline.Move(2).ok());
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return pipeline.Metric("crm_stream_tip_seq") == 201; }))
      << "a trimmed stream goes on where it was";
}

TEST(Relay, ReportsWhatWaitsToBeNumbered) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  auto other = pg::Connection::Open(pipeline.Database("migrate"));
  ASSERT_TRUE(other.ok());
  pg::Transaction holder(**other, pg::Tenants::All(), absl::Now() + absl::Seconds(60));
  constexpr pg::Statement kHold = {"test_hold", "SELECT 1 FROM event_stream FOR UPDATE"};
  ASSERT_TRUE(holder.Query(kHold, pg::Params()).ok());
  ASSERT_TRUE(pipeline.MoveAll({1, 2, 3}).ok());
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    return pipeline.Metric("crm_outbox_unsequenced_rows") == 3 &&
           pipeline.Metric("crm_outbox_oldest_unsequenced_seconds") > 0;
  })) << pipeline.registry.Text();
  ASSERT_TRUE(holder.Commit().ok());
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    return pipeline.Metric("crm_outbox_unsequenced_rows") == 0 &&
           pipeline.Metric("crm_outbox_oldest_unsequenced_seconds") == 0 &&
           pipeline.StreamLength() == 3;
  })) << pipeline.registry.Text();
}

TEST(Relay, TheLeaderAloneTellsHowFarTheStreamIs) {
  Pipeline pipeline;
  metrics::Registry other_registry;
  auto leader = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.Move(1).ok());
  ASSERT_TRUE(pipeline.AwaitStream(1));
  EXPECT_TRUE(Await(absl::Seconds(5), [&] { return pipeline.Metric("crm_stream_tip_seq") == 1; }));
  EXPECT_EQ(pipeline.Metric("crm_event_freshness_seconds_count"), 1);
  Relay follower(pipeline.RelayOptionsForTest(), std::make_unique<stage::StageEntryRenderer>(),
                 &other_registry, &base::SystemClock::Instance());
  follower.Start();
  ASSERT_TRUE(pipeline.Move(1).ok());
  ASSERT_TRUE(pipeline.AwaitStream(2));
  EXPECT_EQ(other_registry.Text().find("crm_stream_tip_seq{"), std::string::npos);
  leader->Stop();
  EXPECT_EQ(pipeline.Metric("crm_stream_tip_seq"), -1);
  EXPECT_TRUE(Await(absl::Seconds(20), [&] {
    return other_registry.Text().find("\ncrm_stream_tip_seq{partition=\"0\"} 2") !=
           std::string::npos;
  }));
}

TEST(Sequencer, SharesTheOutboxWithOthersWithoutLossOrRepetition) {
  Pipeline pipeline;
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(pipeline.MoveAll(std::vector<int>(20, 1 + i % 4)).ok());
  std::vector<std::thread> threads;
  std::atomic<int64_t> moved{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      auto connection = pg::Connection::Open(pipeline.Database("relay"));
      Sequencer sequencer(connection->get(), 0);
      while (moved < 400) {
        const auto rows = sequencer.Sequence(7);
        ASSERT_TRUE(rows.ok()) << rows.status();
        for (size_t k = 1; k < rows->size(); ++k) {
          ASSERT_EQ((*rows)[k].sequence, (*rows)[k - 1].sequence + 1);
        }
        moved += static_cast<int64_t>(rows->size());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(moved, 400);
  const auto relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.AwaitStream(400));
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

}  // namespace
}  // namespace crm::event
