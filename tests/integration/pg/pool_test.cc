#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/error/error.h"
#include "tests/integration/pg/fixture.h"

namespace crm::pg {
namespace {

// Runs `work` on so many threads at once.
void AtOnce(int threads, const std::function<void()>& work) {
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) running.emplace_back(work);
  for (std::thread& thread : running) thread.join();
}

TEST_F(PgTest, AConnectionThatBreaksIsReplaced) {
  const absl::Status died = pool_->Read(Tenants::None(), kDie, Params(), Soon()).status();
  EXPECT_EQ(error::ReasonOf(died), error::kDatabaseUnavailable) << died;
  EXPECT_EQ(Count(), 0);
}

TEST_F(PgTest, ConnectionsThatDiedWhileIdleCostNobodyAnError) {
  std::atomic<int> inserted{0};
  for (int round = 0; round < 3; ++round) {
    AtOnce(4, [&] {
      ASSERT_TRUE(pool_->Read(Tenants::None(), kSleep, MakeParams("0.1"), Soon()).ok());
    });
    EndConnections();
    AtOnce(8, [&] {
      const absl::Status read = pool_->Read(Tenants::None(), kCount, Params(), Soon()).status();
      EXPECT_TRUE(read.ok()) << error::PrivateTextOf(read);
      const absl::Status write =
          RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
            return transaction.Defer(kInsert, MakeParams(++inserted, "x"));  // travels with COMMIT
          });
      EXPECT_TRUE(write.ok()) << error::PrivateTextOf(write);
    });
  }
  EXPECT_EQ(Count(), inserted);
}

// What the look at an idle connection cannot see: it dies on the way to the server.
TEST_F(PgTest, ADeadConnectionFoundAtTheFirstRoundTripIsReplacedOnce) {
  int runs = 0;
  const absl::Status status =
      RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
        if (++runs == 1) EndConnections();
        return transaction.Query(kInsert, MakeParams(runs, "x")).status();
      });
  EXPECT_TRUE(status.ok()) << error::PrivateTextOf(status);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Count(), 1);

  runs = 0;
  const absl::Status again =
      RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
        ++runs;
        EndConnections();
        return transaction.Query(kInsert, MakeParams(9, "x")).status();
      });
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(error::ReasonOf(again), error::kDatabaseUnavailable);
}

// A primary that has become a standby, or whatever takes no changes any more.
TEST_F(PgTest, AConnectionToAServerThatHasBecomeReadOnlyIsReplaced) {
  constexpr Statement kNoMore{"t_no_more",
                              "SELECT set_config('default_transaction_read_only', 'on', false)"};
  ASSERT_TRUE(pool_->Read(Tenants::None(), kNoMore, Params(), Soon()).ok());
  const absl::Status deferred =
      RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
        return transaction.Defer(kInsert, MakeParams(1, "travels with COMMIT"));
      });
  EXPECT_TRUE(deferred.ok()) << error::PrivateTextOf(deferred);
  ASSERT_TRUE(pool_->Read(Tenants::None(), kNoMore, Params(), Soon()).ok());
  const absl::Status asked =
      RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
        return transaction.Query(kInsert, MakeParams(2, "x")).status();
      });
  EXPECT_TRUE(asked.ok()) << error::PrivateTextOf(asked);
  EXPECT_EQ(Count(), 2);

  server_.Run(database_, absl::StrCat("ALTER DATABASE ", database_,
                                      " SET default_transaction_read_only = on"));
  EndConnections();
  const absl::Status all =
      RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
        return transaction.Query(kInsert, MakeParams(3, "x")).status();
      });
  EXPECT_EQ(error::ReasonOf(all), error::kDatabaseUnavailable) << all;
}

TEST_F(PgTest, AConnectionThatDiesLaterInATransactionIsNotReplaced) {
  int runs = 0;
  const absl::Status status =
      RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
        ++runs;
        EXPECT_TRUE(transaction.Query(kInsert, MakeParams(1, "x")).ok());
        EndConnections();
        return transaction.Query(kInsert, MakeParams(2, "x")).status();
      });
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(error::ReasonOf(status), error::kDatabaseUnavailable);
  EXPECT_EQ(Count(), 0);
}

TEST_F(PgTest, AConnectionThatBreaksAtCommitLeavesTheOutcomeInDoubt) {
  int runs = 0;
  const absl::Status status =
      RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
        ++runs;
        return transaction.Defer(kDie, Params());  // travels with COMMIT
      });
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(error::ReasonOf(status), error::kCommitInDoubt);
}

TEST_F(PgTest, WaitingForAConnectionEndsAtTheDeadline) {
  std::vector<Pool::Lease> leases;
  for (int i = 0; i < 4; ++i) leases.push_back(pool_->Acquire(Soon()).value());
  const auto none = pool_->Acquire(absl::Now() + absl::Milliseconds(50));
  EXPECT_EQ(none.status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(PgTest, ThereAreNeverMoreConnectionsThanThePoolsSize) {
  metrics::Registry registry;
  // Its own name: the database also has vacuum workers and the backends of tests before.
  options_.application_name = "pool_size_test";
  Pool pool(options_, 3, &registry);
  std::atomic<int64_t> most{0};
  constexpr Statement kConnections{
      "t_connections",
      "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pool_size_test'"};
  AtOnce(12, [&] {
    for (int i = 0; i < 20; ++i) {
      const auto rows = pool.Read(Tenants::None(), kConnections, Params(), Soon());
      ASSERT_TRUE(rows.ok()) << error::PrivateTextOf(rows.status());
      for (int64_t seen = most; seen < RowReader((*rows)[0]).Int(0);) {
        most.compare_exchange_weak(seen, RowReader((*rows)[0]).Int(0));
      }
    }
  });
  EXPECT_LE(most, 3);
  EXPECT_THAT(registry.Text(), ::testing::HasSubstr("crm_db_pool_wait_seconds_count 240"));
}

TEST_F(PgTest, ADatabaseThatIsAwayIsUnavailableAtOnce) {
  options_.url = "postgresql://postgres@127.0.0.1:1/none";
  Pool pool(options_, 1);
  AtOnce(5, [&] {
    const absl::Time start = absl::Now();
    EXPECT_EQ(error::ReasonOf(pool.Read(Tenants::None(), kCount, Params(), Soon()).status()),
              error::kDatabaseUnavailable);
    EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  });
}

TEST_F(PgTest, AClosedPoolRefusesAtOnceAlsoThoseWhoWait) {
  Pool pool(options_, 1);
  std::optional<Pool::Lease> lease = pool.Acquire(Soon()).value();
  std::thread closer([&] { pool.Close(); });
  EXPECT_EQ(pool.Acquire(Soon()).status().code(), absl::StatusCode::kUnavailable);
  closer.join();
  lease.reset();
  EXPECT_EQ(pool.Acquire(Soon()).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace crm::pg
