// Deadlines against a server that answers. One that does not: silence_test.cc.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "common/base/steady_clock.h"
#include "common/error/error.h"
#include "tests/integration/pg/fixture.h"

namespace crm::pg {
namespace {

using base::Deadline;
using base::SteadyNow;
using base::SteadyTime;

// 10 ms, and what a busy machine adds.
constexpr absl::Duration kExact = absl::Milliseconds(80);

class DeadlineTest : public PgTest {
 protected:
  DeadlineTest() { pool_ = std::make_unique<Pool>(options_, 1); }
  int64_t Backend() {
    return RowReader(pool_->Read(Tenants::None(), kBackend, Params(), Soon()).value()[0]).Int(0);
  }
};

TEST_F(DeadlineTest, AStatementEndsAtItsDeadline) {
  const int64_t backend = Backend();
  for (const int millis : {120, 260, 510, 1030}) {
    const SteadyTime end = SteadyNow() + absl::Milliseconds(millis);
    const absl::Status slow = pool_->Read(Tenants::None(), kSleep, MakeParams("30"), end).status();
    EXPECT_EQ(slow.code(), absl::StatusCode::kDeadlineExceeded) << slow;
    EXPECT_GE(SteadyNow(), end - absl::Milliseconds(1));
    EXPECT_LT(SteadyNow(), end + kExact);
  }
  EXPECT_EQ(Backend(), backend) << "the server ended the statements, nobody cut the connection";
}

TEST_F(DeadlineTest, ADeadlineBoundsTheWholeTransaction) {
  const SteadyTime end = SteadyNow() + absl::Milliseconds(600);
  int round_trips = 0;
  const absl::Status status =
      RunInTransaction(*pool_, Tenants::None(), end, [&](Transaction& transaction) {
        while (true) {
          const absl::Status slept = transaction.Query(kSleep, MakeParams("0.25")).status();
          if (!slept.ok()) return slept;
          ++round_trips;
        }
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_EQ(round_trips, 2);
  EXPECT_LT(SteadyNow(), end + kExact);
}

TEST_F(DeadlineTest, ManyStatementsInOneRoundTripHaveOneDeadline) {
  const SteadyTime end = SteadyNow() + absl::Milliseconds(500);
  const absl::Status status =
      RunInTransaction(*pool_, Tenants::None(), end, [&](Transaction& transaction) {
        for (int i = 0; i < 3; ++i) {
          if (auto kept = transaction.Defer(kSleep, MakeParams("0.4")); !kept.ok()) return kept;
        }
        return transaction.Query(kSleep, MakeParams("0.4")).status();
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_LT(SteadyNow(), end + absl::Milliseconds(250));
}

TEST_F(DeadlineTest, AShortDeadlineIsForgottenAfterwards) {
  Pool::Lease lease = pool_->Acquire(Soon()).value();
  Connection& connection = *lease;
  EXPECT_TRUE(
      connection
          .Query(Tenants::None(), kSleep, MakeParams("0"), Deadline::After(absl::Milliseconds(300)))
          .ok());
  EXPECT_TRUE(connection.Query(Tenants::None(), kSleep, MakeParams("0.5")).ok());
  {
    Transaction refused(connection, Tenants::None(), Deadline::After(absl::Milliseconds(300)));
    EXPECT_TRUE(refused.Query(kSleep, MakeParams("0")).ok());
  }
  EXPECT_TRUE(connection.Query(Tenants::None(), kSleep, MakeParams("0.5")).ok());
}

TEST_F(DeadlineTest, NothingIsSentAfterTheDeadline) {
  const absl::Status late =
      pool_->Read(Tenants::None(), kInsert, MakeParams(1, "late"), Deadline(SteadyNow())).status();
  EXPECT_EQ(late.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Count(), 0);
}

// Many calls with like deadlines share one setting of the session.
TEST_F(DeadlineTest, ADeadlineThatTheSessionHasAlreadyCostsNoStatement) {
  Pool::Lease lease = pool_->Acquire(Soon()).value();
  const SteadyTime end = SteadyNow() + absl::Seconds(20);
  std::string text;
  lease->AppendTimeLimit(text, end);
  EXPECT_THAT(text, ::testing::StartsWith("SET statement_timeout"));
  text.clear();
  lease->AppendTimeLimit(text, end + absl::Milliseconds(1));
  EXPECT_EQ(text, "");
  lease->AppendTimeLimit(text, end + absl::Milliseconds(100));
  EXPECT_NE(text, "");
}

}  // namespace
}  // namespace crm::pg
