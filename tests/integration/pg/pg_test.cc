// common/pg against a real PostgreSQL.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/error/error.h"
#include "common/pg/connection.h"
#include "common/pg/error_map.h"
#include "common/pg/migrator.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"
#include "tests/support/postgres_server.h"

namespace crm::pg {
namespace {

using testing::PostgresServer;

constexpr Statement kInsert{"t_insert", "INSERT INTO t (id, body) VALUES ($1::bigint, $2::text)"};
constexpr Statement kRead{"t_read", "SELECT body FROM t WHERE id = $1::bigint"};
constexpr Statement kCount{"t_count", "SELECT count(*) FROM t"};
constexpr Statement kLock{"t_lock", "SELECT body FROM t WHERE id = $1::bigint FOR UPDATE"};
constexpr Statement kDie{"t_die", "SELECT pg_terminate_backend(pg_backend_pid())"};
constexpr Statement kSleep{"t_sleep", "SELECT pg_sleep($1::float8)"};

class PgTest : public ::testing::Test {
 protected:
  PgTest() {
    PostgresServer& server = PostgresServer::Shared();
    database_ = server.CreateDatabase();
    options_ = ConnectionOptions{server.Url(database_), "public", "test"};
    server.Run(database_, "CREATE TABLE t (id bigint CONSTRAINT t_pkey PRIMARY KEY, body text)");
    pool_ = std::make_unique<Pool>(options_, 4);
  }
  absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  int64_t Count() { return pool_->Read(kCount, Params(), Soon()).value()[0].Int(0); }

  std::string database_;
  ConnectionOptions options_;
  std::unique_ptr<Pool> pool_;
};

TEST_F(PgTest, EveryKindOfValueSurvivesTheRoundTrip) {
  constexpr Statement kEcho{"echo",
                            "SELECT $1::text, $2::bigint, $3::bool, $4::timestamptz, $5::date, "
                            "$6::uuid, $7::bytea, $8::text, $9::text[]"};
  const std::string hard = "it's \"quoted\" \\ {a,b} NULL \n\t ünï € 😀";
  const std::string bytes("\0\x01\xff'\\", 5);
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  const base::Uuid id(0x0123456789abcdef, 0xfedcba9876543210);
  Array array;
  array.Add(hard);
  array.Add(std::optional<std::string>());
  const Rows rows =
      pool_
          ->Read(kEcho,
                 MakeParams(hard, int64_t{-42}, true, time, absl::CivilDay(2017, 12, 31), id,
                            Bytes{bytes}, std::optional<std::string>(), array),
                 Soon())
          .value();
  EXPECT_EQ(rows[0].Text(0), hard);
  EXPECT_EQ(rows[0].Int(1), -42);
  EXPECT_TRUE(rows[0].Bool(2));
  EXPECT_EQ(rows[0].Time(3), time);
  EXPECT_EQ(rows[0].Day(4), absl::CivilDay(2017, 12, 31));
  EXPECT_EQ(rows[0].Uuid(5), id);
  EXPECT_EQ(rows[0].Bytes(6), bytes);
  EXPECT_FALSE(rows[0].OptionalText(7).has_value());
  constexpr Statement kFirst{"first", "SELECT ($1::text[])[1], ($1::text[])[2] IS NULL"};
  const Rows element = pool_->Read(kFirst, MakeParams(array), Soon()).value();
  EXPECT_EQ(element[0].Text(0), hard);
  EXPECT_TRUE(element[0].Bool(1));
}

TEST_F(PgTest, BytesSurviveWhetherTheyAreMostlyLettersOrNot) {
  constexpr Statement kEcho{"echo_bytes", "SELECT $1::bytea, ($2::bytea[])[1], ($2::bytea[])[2]"};
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  const std::string letters = every + std::string(1000, 'a') + "\\x41 it's \"quoted\" {a,b} \\";
  for (const std::string& bytes : {std::string(), std::string("\\x41"), every, letters}) {
    Array array;
    array.Add(Bytes{bytes});
    array.Add(Bytes{"next"});
    const Rows rows = pool_->Read(kEcho, MakeParams(Bytes{bytes}, array), Soon()).value();
    EXPECT_EQ(rows[0].Bytes(0), bytes);
    EXPECT_EQ(rows[0].Bytes(1), bytes);
    EXPECT_EQ(rows[0].Bytes(2), "next");
  }
}

TEST_F(PgTest, EveryKindOfValueMayBeInAnArray) {
  constexpr Statement kEcho{"echo_arrays",
                            "SELECT unnest($1::text[]), unnest($2::bigint[]), unnest($3::bool[]), "
                            "unnest($4::timestamptz[]), unnest($5::date[]), unnest($6::uuid[])"};
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  const absl::CivilDay day(2017, 12, 31);
  const base::Uuid id(0x0123456789abcdef, 0xfedcba9876543210);
  Columns columns;
  columns.Add("", std::optional<int64_t>(), false, absl::UnixEpoch(), day, base::Uuid());
  columns.Add("NULL", std::optional<int64_t>(-42), true, time, day, id);
  Params params;
  columns.AddTo(params);
  const Rows rows = pool_->Read(kEcho, params, Soon()).value();
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].OptionalText(0), "");
  EXPECT_TRUE(rows[0].IsNull(1));
  EXPECT_FALSE(rows[0].Bool(2));
  EXPECT_EQ(rows[0].Time(3), absl::UnixEpoch());
  EXPECT_EQ(rows[1].OptionalText(0), "NULL");
  EXPECT_EQ(rows[1].Int(1), -42);
  EXPECT_TRUE(rows[1].Bool(2));
  EXPECT_EQ(rows[1].Time(3), time);
  EXPECT_EQ(rows[1].Day(4), day);
  EXPECT_EQ(rows[1].Uuid(5), id);
}

TEST_F(PgTest, ATransactionCommitsWholeOrNotAtAll) {
  ASSERT_TRUE(RunInTransaction(*pool_, Soon(), [](Transaction& transaction) {
                return transaction.Defer(kInsert, MakeParams(1, "one"));
              }).ok());
  EXPECT_EQ(Count(), 1);
  const absl::Status refused = RunInTransaction(*pool_, Soon(), [](Transaction& transaction) {
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
  ASSERT_TRUE(RunInTransaction(*pool_, Soon(), insert).ok());
  const absl::Status twice = RunInTransaction(*pool_, Soon(), insert, 3);
  EXPECT_EQ(runs, 4);
  EXPECT_EQ(ViolatedUnique(twice), "t_pkey");
}

TEST_F(PgTest, DeadlocksAreRetriedUntilBothSucceed) {
  for (int id : {1, 2}) {
    ASSERT_TRUE(RunInTransaction(*pool_, Soon(), [&](Transaction& transaction) {
                  return transaction.Defer(kInsert, MakeParams(id, "x"));
                }).ok());
  }
  const auto crosswise = [&](int first, int second) {
    return RunInTransaction(*pool_, Soon(), [&](Transaction& transaction) -> absl::Status {
      if (auto rows = transaction.Query(kLock, MakeParams(first)); !rows.ok()) return rows.status();
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

TEST_F(PgTest, AConflictThatRetriesDoNotSettleIsAbortedWithAdviceToTryAgain) {
  constexpr Statement kConflict{"t_conflict", "SELECT fail($1::text)"};
  PostgresServer::Shared().Run(database_,
                               "CREATE FUNCTION fail(state text) RETURNS int LANGUAGE plpgsql AS "
                               "$$BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = state; END$$");
  for (const char* sqlstate : {"40001", "40P01"}) {
    int runs = 0;
    const absl::Status status = RunInTransaction(
        *pool_, Soon(),
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
  const absl::Status status = RunInTransaction(*pool_, Soon(), [&](Transaction& transaction) {
    EXPECT_TRUE(transaction.Query(kInsert, MakeParams(1, "lost")).ok());
    EXPECT_FALSE(transaction.Query(kWrong, MakeParams(0)).ok());
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(error::PrivateTextOf(status), ::testing::HasSubstr("division"));
  EXPECT_EQ(Count(), 0);
}

// A role, a database or the environment may have other defaults than those that literals rest on.
TEST_F(PgTest, LiteralsAndResultsMeanTheSameWhateverTheRolesDefaults) {
  PostgresServer& server = PostgresServer::Shared();
  server.Run(database_,
             "CREATE ROLE odd LOGIN; ALTER ROLE odd SET standard_conforming_strings TO off; "
             "ALTER ROLE odd SET backslash_quote TO on; ALTER ROLE odd SET array_nulls TO off; "
             "ALTER ROLE odd SET client_encoding TO latin1; ALTER ROLE odd SET bytea_output TO "
             "escape; ALTER ROLE odd SET datestyle TO 'German'; ALTER ROLE odd SET timezone TO "
             "'Asia/Tokyo'");
  options_.url = server.Url(database_, "odd");
  Pool pool(options_, 1);
  constexpr Statement kEcho{"odd_echo",
                            "SELECT $1::text, $2::text, $3::bytea, $4::timestamptz, "
                            "$5::date, ($6::text[])[1] IS NULL"};
  const std::string injection = ", 'x', 'x', now(), now(), '{}') --";
  const absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  const absl::CivilDay day(2017, 12, 31);
  Array array;
  array.AddNull();
  const auto rows = pool.Read(
      kEcho, MakeParams("ends in ü\\", injection, Bytes{"\\\xff"}, time, day, array), Soon());
  ASSERT_TRUE(rows.ok()) << error::PrivateTextOf(rows.status());
  EXPECT_EQ((*rows)[0].Text(0), "ends in ü\\");
  EXPECT_EQ((*rows)[0].Text(1), injection);
  EXPECT_EQ((*rows)[0].Bytes(2), "\\\xff");
  EXPECT_EQ((*rows)[0].Time(3), time);
  EXPECT_EQ((*rows)[0].Day(4), day);
  EXPECT_TRUE((*rows)[0].Bool(5));
}

TEST_F(PgTest, ABrokenConnectionIsReplacedAndAReadTriedAgain) {
  const absl::Status died = pool_->Read(kDie, Params(), Soon()).status();
  EXPECT_EQ(error::ReasonOf(died), error::kDatabaseUnavailable) << died;
  {
    auto lease = pool_->Acquire(Soon());
    ASSERT_TRUE(lease.ok());
  }
  PostgresServer::Shared().Run(
      "postgres", absl::StrCat("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                               "datname = '",
                               database_, "'"));
  EXPECT_EQ(Count(), 0);
}

TEST_F(PgTest, AConnectionThatBreaksAtCommitLeavesTheOutcomeInDoubt) {
  const absl::Status status = RunInTransaction(*pool_, Soon(), [](Transaction& transaction) {
    return transaction.Defer(kDie, Params());  // travels with COMMIT
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(error::ReasonOf(status), error::kCommitInDoubt);
}

TEST_F(PgTest, AStatementDoesNotOutliveItsDeadlineByMuch) {
  const absl::Time start = absl::Now();
  const absl::Status slow =
      pool_->Read(kSleep, MakeParams("30"), start + absl::Milliseconds(200)).status();
  EXPECT_EQ(slow.code(), absl::StatusCode::kDeadlineExceeded) << slow;
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  EXPECT_EQ(Count(), 0);  // the connection is still good, and patient again
}

TEST_F(PgTest, WaitingForAConnectionEndsAtTheDeadline) {
  std::vector<Pool::Lease> leases;
  for (int i = 0; i < 4; ++i) leases.push_back(pool_->Acquire(Soon()).value());
  const auto none = pool_->Acquire(absl::Now() + absl::Milliseconds(50));
  EXPECT_EQ(none.status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(PgTest, ADatabaseThatIsAwayIsUnavailable) {
  ConnectionOptions nowhere = options_;
  nowhere.url = "postgresql://postgres@127.0.0.1:1/none";
  Pool pool(nowhere, 1);
  EXPECT_EQ(error::ReasonOf(pool.Read(kCount, Params(), Soon()).status()),
            error::kDatabaseUnavailable);
}

TEST_F(PgTest, NothingThatPostgresSaysIsInThePublicMessage) {
  constexpr Statement kWrong{"wrong", "SELECT 1 / $1::int"};
  const absl::Status status = pool_->Read(kWrong, MakeParams(0), Soon()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_THAT(std::string(status.message()), ::testing::Not(::testing::HasSubstr("division")));
  EXPECT_THAT(error::PrivateTextOf(status), ::testing::HasSubstr("division"));
}

class MigratorTest : public PgTest {
 protected:
  MigratorTest() { options_.schema = "crm_demo"; }
  std::vector<MigrationSet> Sets(const std::string& second = "CREATE TABLE b (id int)") {
    return {{"demo", {{1, "a", "CREATE TABLE a (id int)"}, {2, "b", second}}}};
  }
};

TEST_F(MigratorTest, BringsAnEmptyDatabaseToHeadOnce) {
  EXPECT_EQ(*Migrate(options_, Sets()), 2);
  EXPECT_EQ(*Migrate(options_, Sets()), 0);
  auto connection = Connection::Open(options_).value();
  EXPECT_TRUE(CheckAtHead(*connection, Sets()).ok());
}

TEST_F(MigratorTest, ManyAtOnceApplyEachMigrationOnce) {
  std::atomic<int> applied{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto count = Migrate(options_, Sets());
      EXPECT_TRUE(count.ok()) << count.status();
      applied += count.value_or(0);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(applied, 2);
}

TEST_F(MigratorTest, AChangedOrUnknownMigrationIsRefused) {
  ASSERT_TRUE(Migrate(options_, Sets()).ok());
  EXPECT_EQ(Migrate(options_, Sets("CREATE TABLE c (id int)")).status().code(),
            absl::StatusCode::kFailedPrecondition);
  auto older = Sets();
  older[0].migrations.pop_back();
  EXPECT_EQ(Migrate(options_, older).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MigratorTest, AMigrationThatFailsLeavesNothingBehind) {
  EXPECT_FALSE(Migrate(options_, Sets("CREATE TABLE b (id int); SELECT nonsense")).ok());
  auto connection = Connection::Open(options_).value();
  EXPECT_FALSE(CheckAtHead(*connection, Sets()).ok());
  EXPECT_EQ(*Migrate(options_, Sets()), 1);
}

}  // namespace
}  // namespace crm::pg
