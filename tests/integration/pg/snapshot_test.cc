#include "common/pg/snapshot.h"

#include <chrono>
#include <future>

#include "tests/integration/pg/fixture.h"

namespace crm::pg {
namespace {

class SnapshotTest : public PgTest {
 protected:
  std::unique_ptr<Snapshot> Begin() {
    auto snapshot = Snapshot::Begin(*pool_, Tenants("acme"), Soon());
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? *std::move(snapshot) : nullptr;
  }
  static int64_t CountIn(Snapshot& snapshot) {
    const auto rows = snapshot.Query(kCount, Params());
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() ? RowReader((*rows)[0]).Int(0) : -1;
  }
  void Insert(int id) {
    server_.Run(database_, absl::StrCat("INSERT INTO t VALUES (", id, ", 'x')"));
  }
};

TEST_F(SnapshotTest, AllReadsSeeWhatTheFirstOneSaw) {
  Insert(1);
  const auto snapshot = Begin();
  EXPECT_EQ(CountIn(*snapshot), 1);
  Insert(2);
  EXPECT_EQ(CountIn(*snapshot), 1);
  EXPECT_EQ(Count(), 2);
  EXPECT_EQ(CountIn(*Begin()), 2);
}

// Both are in use at the same time: the first query ends when the second one has run.
TEST_F(SnapshotTest, SeveralConnectionsSeeTheSameAndQueryAtTheSameTime) {
  Insert(1);
  auto snapshot = Snapshot::Begin(*pool_, Tenants("acme"), Soon(), 2);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  Insert(2);
  std::future<absl::Status> sleeping = std::async(
      std::launch::async, [&] { return (*snapshot)->Query(kSleep, MakeParams("1.5")).status(); });
  EXPECT_EQ(CountIn(**snapshot), 1);
  EXPECT_EQ(sleeping.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  EXPECT_EQ(CountIn(**snapshot), 1);
  EXPECT_EQ(sleeping.get(), absl::OkStatus());
  EXPECT_EQ(CountIn(**snapshot), 1);
}

TEST_F(SnapshotTest, WaitsNotForAConnectionThatOthersHave) {
  const base::SteadyTime begun = base::SteadyNow();
  const auto other = pool_->Acquire(Soon());
  ASSERT_TRUE(other.ok()) << other.status();
  auto snapshot = Snapshot::Begin(*pool_, Tenants("acme"), Soon(), 1000);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(CountIn(**snapshot), 0);
  EXPECT_LT(base::SteadyNow() - begun, absl::Seconds(2));
}

TEST_F(SnapshotTest, WritesNothing) {
  const auto snapshot = Begin();
  EXPECT_FALSE(snapshot->Query(kInsert, MakeParams(7, "x")).ok());
  EXPECT_EQ(Count(), 0);
}

// Also when plans are to be made anew and other settings stood there before.
TEST_F(SnapshotTest, BeginsOnAConnectionThatWasUsedAndOnOneThatDied) {
  pool_ = std::make_unique<Pool>(options_, 1);
  EXPECT_EQ(CountIn(*Begin()), 0);
  EXPECT_EQ(Count(), 0);
  EXPECT_TRUE(
      pool_->Read(Tenants("globex"), kCount, Params(), absl::Now() + absl::Seconds(5)).ok());
  EXPECT_EQ(CountIn(*Begin()), 0);
  EndConnections();
  EXPECT_EQ(CountIn(*Begin()), 0);
}

TEST_F(SnapshotTest, EndsAtItsDeadline) {
  auto snapshot = Snapshot::Begin(*pool_, Tenants("acme"), absl::Now() + absl::Seconds(3));
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ((*snapshot)->Query(kSleep, MakeParams("20")).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  snapshot->reset();
  EXPECT_EQ(Count(), 0) << "its connection is of use again, or another one is";
}

}  // namespace
}  // namespace crm::pg
