// A PostgreSQL whose answers all come late, and connections that have to be begun with it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/error/error.h"
#include "tests/integration/pg/fixture.h"
#include "tests/support/await.h"
#include "tests/support/slow_link.h"

namespace crm::pg {
namespace {

using base::Deadline;
using testing::Await;

constexpr absl::Duration kLate = absl::Milliseconds(150);
constexpr absl::Duration kHurry = absl::Milliseconds(15);  // cut before the first answer

class SlowTest : public PgTest {
 protected:
  SlowTest() {
    options_.url = absl::StrCat("postgresql://postgres@127.0.0.1:", link_.port(), "/", database_);
    options_.application_name = "slow";
    pool_ = std::make_unique<Pool>(options_, 2);
  }
  ~SlowTest() override {
    pool_.reset();
    link_.SetDelay(absl::ZeroDuration());
  }

  int64_t Backend() {
    return RowReader(pool_->Read(Tenants::None(), kBackend, Params(), Soon()).value()[0]).Int(0);
  }
  absl::Status ReadIn(absl::Duration time) {
    return pool_->Read(Tenants::None(), kCount, Params(), Deadline::After(time)).status();
  }
  // "idle", "idle in transaction"; empty if it is there no more.
  std::string StateOf(int64_t backend) {
    return server_.Run("postgres", absl::StrCat("SELECT max(state) FROM pg_stat_activity "
                                                "WHERE pid = ",
                                                backend));
  }
  std::string Connections() {
    return server_.Run("postgres",
                       "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'slow' AND "
                       "state = 'idle'");
  }

  testing::SlowLink link_{server_.port()};
};

TEST_F(SlowTest, ARollbackIsNotWaitedForAndCostsNoConnection) {
  const int64_t backend = Backend();
  link_.SetDelay(kLate);
  for (int i = 0; i < 2; ++i) {
    base::SteadyTime refused;
    const absl::Status status = RunInTransaction(
        *pool_, Tenants::None(), Soon(), [&](Transaction& transaction) -> absl::Status {
          EXPECT_TRUE(transaction.Query(kInsert, MakeParams(1, "x")).ok());
          refused = base::SteadyNow();
          return absl::FailedPreconditionError("no");
        });
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_LT(base::SteadyNow() - refused, kLate);
  }
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return StateOf(backend) == "idle"; }))
      << StateOf(backend);
  EXPECT_EQ(Count(), 0);
}

TEST_F(SlowTest, WhoIsInAHurryLosesOthersNothing) {
  const int64_t backend = Backend();
  link_.SetDelay(kLate);
  {
    auto patient = pool_->Acquire(Soon());
    ASSERT_TRUE(patient.ok()) << patient.status();
    const auto answered = [&] {
      for (int i = 0; i < 6; ++i) {
        EXPECT_TRUE((*patient)->Query(Tenants::None(), kBackend, Params(), Soon()).ok());
      }
    };
    std::thread asking(answered);
    // The second connection, which is cut again and again while the first one is answered.
    for (int i = 0; i < 3; ++i) {
      absl::SleepFor(kLate / 3);
      EXPECT_TRUE(absl::IsDeadlineExceeded(ReadIn(kHurry)));
    }
    asking.join();
  }
  EXPECT_EQ(StateOf(backend), "idle");
}

TEST_F(SlowTest, WhatWasCutIsReplacedBeforeSomebodyNeedsIt) {
  Backend();
  link_.SetDelay(kLate);
  EXPECT_TRUE(absl::IsDeadlineExceeded(ReadIn(kHurry)));
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return Connections() == "1"; }));
  EXPECT_TRUE(ReadIn(2 * kLate).ok()) << "one answer";
}

// Whether the server has prepared them is not known of statements whose text failed.
TEST_F(PgTest, StatementsThatFailedAtTheirFirstUseCanBeUsedAgain) {
  pool_ = std::make_unique<Pool>(options_, 1);
  const auto insert_twice = [](Transaction& transaction) -> absl::Status {
    for (int i = 0; i < 2; ++i) {
      if (auto kept = transaction.Defer(kInsert, MakeParams(7, "x")); !kept.ok()) return kept;
    }
    return transaction.Query(kRead, MakeParams(7)).status();
  };
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(RunInTransaction(*pool_, Tenants::None(), Soon(), insert_twice, 1).ok());
  }
  const auto given_up = [](Transaction& transaction) -> absl::Status {
    EXPECT_TRUE(transaction.Query(kLock, MakeParams(7)).ok());
    EXPECT_TRUE(transaction.Defer(kRead, MakeParams(7)).ok());
    return absl::CancelledError("thought better of it");
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(absl::IsCancelled(RunInTransaction(*pool_, Tenants::None(), Soon(), given_up)));
  }
  const auto insert = [](Transaction& transaction) -> absl::Status {
    if (auto kept = transaction.Defer(kInsert, MakeParams(7, "x")); !kept.ok()) return kept;
    return transaction.Query(kRead, MakeParams(7)).status();
  };
  EXPECT_TRUE(RunInTransaction(*pool_, Tenants::None(), Soon(), insert).ok());
  EXPECT_EQ(Count(), 1);
}

}  // namespace
}  // namespace crm::pg
