#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "common/error/error.h"
#include "common/pg/error_map.h"
#include "tests/integration/pg/fixture.h"

namespace crm::pg {
namespace {

TEST_F(PgTest, ATransactionCommitsWholeOrNotAtAll) {
  ASSERT_TRUE(RunInTransaction(*pool_, Tenants::None(), Soon(), [](Transaction& transaction) {
                return transaction.Defer(kInsert, MakeParams(1, "one"));
              }).ok());
  EXPECT_EQ(Count(), 1);
  const absl::Status refused =
      RunInTransaction(*pool_, Tenants::None(), Soon(), [](Transaction& transaction) {
        EXPECT_TRUE(transaction.Defer(kInsert, MakeParams(2, "two")).ok());
        return absl::Status(error::StateInvalid("x", "y", "no"));
      });
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Count(), 1);
}

TEST_F(PgTest, AUniqueViolationIsTriedAgainAndThenTold) {
  int runs = 0;
  const auto insert = [&](Transaction& transaction) {
    ++runs;
    return transaction.Defer(kInsert, MakeParams(1, "one"));
  };
  ASSERT_TRUE(RunInTransaction(*pool_, Tenants::None(), Soon(), insert).ok());
  const absl::Status twice = RunInTransaction(*pool_, Tenants::None(), Soon(), insert, 3);
  EXPECT_EQ(runs, 4);
  EXPECT_EQ(SqlStateOf(twice), "23505");
}

TEST_F(PgTest, WhatIsLoggedOfARefusalHoldsNoValuesOfRows) {
  const auto insert = [](Transaction& transaction) {
    return transaction.Defer(kInsert, MakeParams(4711, "one"));
  };
  ASSERT_TRUE(RunInTransaction(*pool_, Tenants::None(), Soon(), insert).ok());
  const std::string told =
      error::PrivateTextOf(RunInTransaction(*pool_, Tenants::None(), Soon(), insert, 1));
  EXPECT_THAT(told, ::testing::HasSubstr("t_pkey"));
  EXPECT_THAT(told, ::testing::Not(::testing::HasSubstr("4711")));
}

TEST_F(PgTest, DeadlocksAreRetriedUntilBothSucceed) {
  for (int id : {1, 2}) {
    ASSERT_TRUE(RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
                  return transaction.Defer(kInsert, MakeParams(id, "x"));
                }).ok());
  }
  const auto crosswise = [&](int first, int second) {
    return RunInTransaction(
        *pool_, Tenants::None(), Soon(), [&](Transaction& transaction) -> absl::Status {
          if (auto rows = transaction.Query(kLock, MakeParams(first)); !rows.ok())
            return rows.status();
          if (auto rows = transaction.Query(kSleep, MakeParams("0.2")); !rows.ok()) {
            return rows.status();
          }
          return transaction.Query(kLock, MakeParams(second)).status();
        });
  };
  absl::Status one;
  std::thread other([&] { one = crosswise(1, 2); });
  const absl::Status two = crosswise(2, 1);
  other.join();
  EXPECT_TRUE(one.ok()) << one;
  EXPECT_TRUE(two.ok()) << two;
}

// A function that fails with the SQLSTATE it is given.
constexpr char kFail[] =
    "CREATE FUNCTION fail(state text) RETURNS int LANGUAGE plpgsql AS "
    "$$BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = state; END$$";

TEST_F(PgTest, AServerThatLacksWhatItNeedsIsUnavailable) {
  constexpr Statement kLacking{"t_lacking", "SELECT fail($1::text)"};
  server_.Run(database_, kFail);
  const auto status_of = [&](const std::string& sqlstate) {
    return RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
      return transaction.Query(kLacking, MakeParams(sqlstate)).status();
    });
  };
  for (const char* sqlstate : {"25006", "53000", "53100", "53200", "53300", "58000", "58030"}) {
    const absl::Status status = status_of(sqlstate);
    EXPECT_EQ(error::ReasonOf(status), error::kDatabaseUnavailable) << sqlstate;
    EXPECT_TRUE(error::DetailsOf(status)->retry_after.has_value()) << sqlstate;
  }
  for (const char* sqlstate : {"22012", "42501", "53400", "54000", "XX000", "XX001"}) {
    EXPECT_EQ(status_of(sqlstate).code(), absl::StatusCode::kInternal) << sqlstate;
  }
}

TEST_F(PgTest, AConflictThatRetriesDoNotSettleIsAbortedWithAdviceToTryAgain) {
  constexpr Statement kConflict{"t_conflict", "SELECT fail($1::text)"};
  server_.Run(database_, kFail);
  for (const char* sqlstate : {"40001", "40P01"}) {
    int runs = 0;
    const absl::Status status = RunInTransaction(
        *pool_, Tenants::None(), Soon(),
        [&](Transaction& transaction) {
          ++runs;
          return transaction.Query(kConflict, MakeParams(sqlstate)).status();
        },
        3);
    EXPECT_EQ(runs, 3);
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
    EXPECT_EQ(error::ReasonOf(status), error::kWriteConflict);
    EXPECT_TRUE(error::DetailsOf(status)->retry_after.has_value());
    EXPECT_THAT(std::string(status.message()), ::testing::Not(::testing::HasSubstr("secret")));
  }
}

TEST_F(PgTest, AFailureThatNobodyLookedAtIsNotCommitted) {
  constexpr Statement kWrong{"t_wrong", "SELECT 1 / $1::int"};
  const absl::Status status =
      RunInTransaction(*pool_, Tenants::None(), Soon(), [&](Transaction& transaction) {
        EXPECT_TRUE(transaction.Query(kInsert, MakeParams(1, "lost")).ok());
        EXPECT_FALSE(transaction.Query(kWrong, MakeParams(0)).ok());
        return absl::OkStatus();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(error::PrivateTextOf(status), ::testing::HasSubstr("division"));
  EXPECT_EQ(Count(), 0);
}

}  // namespace
}  // namespace crm::pg
