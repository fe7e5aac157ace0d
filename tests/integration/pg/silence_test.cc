// A PostgreSQL that does not answer: stopped by SIGSTOP with all its backends, or a socket that
// accepts and says nothing.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/steady_clock.h"
#include "common/error/error.h"
#include "common/pg/connection.h"
#include "common/pg/pool.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "common/pg/watchdog.h"
#include "tests/support/await.h"
#include "tests/support/postgres_server.h"
#include "tests/support/silent_server.h"

namespace crm::pg {
namespace {

using base::Deadline;
using base::SteadyNow;
using base::SteadyTime;
using testing::PostgresServer;

constexpr Statement kOne{"s_one", "SELECT 1"};
constexpr Statement kSleep{"s_sleep", "SELECT pg_sleep($1::float8)"};

constexpr absl::Duration kPatience = absl::Milliseconds(300);
constexpr absl::Duration kLate = absl::Milliseconds(250);

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

PostgresServer& Server() { return PostgresServer::Shared(); }

struct Transport {
  const char* name;
  std::string (*url)();
};

void PrintTo(const Transport& transport, std::ostream* out) { *out << transport.name; }

class SilenceTest : public ::testing::TestWithParam<Transport> {
 protected:
  ~SilenceTest() override { Server().Resume(); }

  ConnectionOptions options_{GetParam().url(), "public", "silence"};
  Pool pool_{options_, 2};
};

INSTANTIATE_TEST_SUITE_P(
    By, SilenceTest,
    ::testing::Values(Transport{"Tcp", [] { return Server().Url("postgres"); }},
                      Transport{"UnixSocket", [] { return Server().SocketUrl("postgres"); }}),
    ::testing::PrintToStringParamName());

TEST_P(SilenceTest, AReadEndsAtItsDeadlineAndTheNextOneFindsAServerThatIsBack) {
  ASSERT_TRUE(pool_.Read(Tenants::None(), kOne, Params(), Soon()).ok());
  Server().Pause();
  const SteadyTime end = SteadyNow() + kPatience;
  const absl::Status status = pool_.Read(Tenants::None(), kOne, Params(), end).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_GE(SteadyNow(), end);
  EXPECT_LT(SteadyNow(), end + kLate);
  Server().Resume();
  EXPECT_TRUE(pool_.Read(Tenants::None(), kOne, Params(), Soon()).ok());
}

TEST_P(SilenceTest, ATransactionEndsAtItsDeadline) {
  const SteadyTime end = SteadyNow() + kPatience;
  const absl::Status status =
      RunInTransaction(pool_, Tenants::None(), end, [](Transaction& transaction) {
        EXPECT_TRUE(transaction.Query(kOne, Params()).ok());
        Server().Pause();
        return transaction.Query(kOne, Params()).status();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_LT(SteadyNow(), end + kLate);
}

TEST_P(SilenceTest, ACommitWithoutAnswerIsInDoubt) {
  const SteadyTime end = SteadyNow() + kPatience;
  const absl::Status status =
      RunInTransaction(pool_, Tenants::None(), end, [](Transaction& transaction) {
        EXPECT_TRUE(transaction.Query(kOne, Params()).ok());
        Server().Pause();
        return absl::OkStatus();
      });
  EXPECT_EQ(error::ReasonOf(status), error::kCommitInDoubt) << status;
  EXPECT_LT(SteadyNow(), end + kLate);
}

TEST_P(SilenceTest, ARoundTripWithoutDeadlineEndsAtTheConnectionsLimit) {
  options_.round_trip_limit = kPatience;
  const auto connection = Connection::Open(options_).value();
  Server().Pause();
  const SteadyTime end = SteadyNow() + kPatience;
  const absl::Status status = connection->Query(Tenants::None(), kOne, Params()).status();
  EXPECT_EQ(error::ReasonOf(status), error::kDatabaseUnavailable) << status;
  EXPECT_LT(SteadyNow(), end + kLate);
  EXPECT_TRUE(connection->broken());
}

TEST_P(SilenceTest, WaitingForANewConnectionEndsAtTheDeadline) {
  Server().Pause();
  std::vector<std::thread> callers;
  for (const int millis : {100, 200, 300}) {
    callers.emplace_back([this, millis] {
      const SteadyTime end = SteadyNow() + absl::Milliseconds(millis);
      const absl::Status status = pool_.Acquire(end).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
      EXPECT_LT(SteadyNow(), end + absl::Milliseconds(100));
    });
  }
  for (std::thread& caller : callers) caller.join();
  Server().Resume();
  EXPECT_TRUE(pool_.Read(Tenants::None(), kOne, Params(), Soon()).ok());
}

// The server would go on for a minute for nobody, locks held.
TEST_P(SilenceTest, TheBackendOfACutConnectionGivesUpByItself) {
  const auto connection = Connection::Open(options_).value();
  const std::string backend =
      absl::StrCat("SELECT count(*) FROM pg_stat_activity WHERE pid = ",
                   RowReader(connection->Execute("SELECT pg_backend_pid()").value()[0]).Int(0));
  ASSERT_EQ(connection
                ->Send("SET statement_timeout TO 0; SELECT pg_sleep(60)",
                       Deadline::After(absl::Milliseconds(100)))
                .status()
                .code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(connection->cut());
  EXPECT_TRUE(
      testing::Await(absl::Seconds(10), [&] { return Server().Run("postgres", backend) == "0"; }));
}

TEST(SilentSocket, WaitingForAConnectionEndsAtTheDeadlineAndConnectingWithinSeconds) {
  const testing::SilentServer server;
  Pool pool(ConnectionOptions{absl::StrCat("postgresql://postgres@127.0.0.1:", server.port(), "/x"),
                              "public", "silence"},
            4);
  const SteadyTime end = SteadyNow() + kPatience;
  EXPECT_EQ(pool.Acquire(end).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(SteadyNow(), end + absl::Milliseconds(100));
  // Who is more patient hears what came of it.
  EXPECT_EQ(error::ReasonOf(pool.Acquire(Soon()).status()), error::kDatabaseUnavailable);
  EXPECT_LT(SteadyNow(), end + absl::Seconds(5));
}

// CutAll is for good, so this is for a process of its own.
int CutWhileWaiting() {
  const ConnectionOptions options{Server().Url("postgres"), "public", "silence"};
  const auto connection = Connection::Open(options).value();
  std::thread cutter([] { Watchdog::Shared().CutAll(); });
  const absl::Status cut = connection->Query(Tenants::None(), kSleep, MakeParams("60")).status();
  cutter.join();
  const absl::Status refused = Connection::Open(options).status();
  return error::ReasonOf(cut) == error::kDatabaseUnavailable &&
                 error::ReasonOf(refused) == error::kDatabaseUnavailable
             ? 0
             : 1;
}

TEST(CutAllDeathTest, AProcessThatEndsCutsAllWaitsAndOpensNoMore) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(std::exit(CutWhileWaiting()), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace crm::pg
