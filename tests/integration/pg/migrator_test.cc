#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/pg/migrator.h"
#include "common/pg/schema_state.h"
#include "tests/integration/pg/fixture.h"

namespace crm::pg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class MigratorTest : public PgTest {
 protected:
  MigratorTest() { options_.schema = "crm_demo"; }
  std::vector<MigrationSet> Sets(const std::string& second = "CREATE TABLE b (id int)") {
    return {{"demo", {{1, "a", "CREATE TABLE a (id int)"}, {2, "b", second}}}};
  }
  SchemaReport Report(const std::vector<MigrationSet>& sets) {
    auto connection = Connection::Open(options_).value();
    const auto applied = ReadApplied(*connection, Soon());
    EXPECT_TRUE(applied.ok()) << applied.status();
    return Compare(applied.value_or(Applied()), sets);
  }
};

TEST_F(MigratorTest, BringsAnEmptyDatabaseToHeadOnce) {
  EXPECT_EQ(*Migrate(options_, Sets()), 2);
  EXPECT_EQ(*Migrate(options_, Sets()), 0);
  EXPECT_EQ(Report(Sets()).state, SchemaState::kAtHead);
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
  EXPECT_THAT(Report(Sets()).missing, ElementsAre("demo/0002_b"));
  EXPECT_EQ(*Migrate(options_, Sets()), 1);
}

TEST_F(MigratorTest, ARehearsalTriesAllAndLeavesNothing) {
  EXPECT_THAT(*Rehearse(options_, Sets()), ElementsAre("demo/0001_a", "demo/0002_b"));
  EXPECT_EQ(server_.Run(database_, "SELECT to_regnamespace('crm_demo') IS NULL"), "t");
  auto first = Sets();
  first[0].migrations.pop_back();
  ASSERT_TRUE(Migrate(options_, first).ok());
  EXPECT_THAT(*Rehearse(options_, Sets()), ElementsAre("demo/0002_b"));
  EXPECT_FALSE(Rehearse(options_, Sets("SELECT nonsense")).ok());
  EXPECT_THAT(Report(Sets()).missing, ElementsAre("demo/0002_b"));
  EXPECT_EQ(*Migrate(options_, Sets()), 1);
  EXPECT_TRUE(Rehearse(options_, Sets())->empty());
  EXPECT_EQ(Rehearse(options_, first).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MigratorTest, ALockedTableIsNotWaitedForLongAndIsNoReasonToGiveUpForGood) {
  ASSERT_TRUE(Migrate(options_, Sets()).ok());
  auto holder = Connection::Open(options_).value();
  ASSERT_TRUE(holder->Execute("BEGIN; LOCK TABLE a").ok());
  auto sets = Sets();
  sets[0].migrations.push_back({3, "c", "ALTER TABLE a ADD COLUMN note text"});
  for (const absl::Status& status : {Migrate(options_, sets, absl::Milliseconds(50)).status(),
                                     Rehearse(options_, sets, absl::Milliseconds(50)).status()}) {
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(status.message(), HasSubstr("demo/0003_c"));
  }
  ASSERT_TRUE(holder->Execute("ROLLBACK").ok());
  EXPECT_EQ(*Migrate(options_, sets, absl::Milliseconds(50)), 1);
}

TEST_F(MigratorTest, AListMadeByAnOlderProgramIsReadAndCompleted) {
  ASSERT_TRUE(Migrate(options_, Sets()).ok());
  server_.Run(database_, "ALTER TABLE crm_demo.schema_migrations DROP COLUMN oldest_program");
  auto sets = Sets();
  sets[0].migrations.push_back({3, "c", "CREATE TABLE c (id int)", 2});
  EXPECT_THAT(Report(sets).missing, ElementsAre("demo/0003_c"));
  EXPECT_EQ(*Migrate(options_, sets), 1);
  auto connection = Connection::Open(options_).value();
  const auto applied = ReadApplied(*connection, Soon());
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(applied->at({"demo", 2}).oldest_program, 0);
  EXPECT_EQ(applied->at({"demo", 3}).oldest_program, 2);
}

TEST_F(MigratorTest, ARecordOfAnotherKindIsDataLoss) {
  ASSERT_TRUE(Migrate(options_, Sets()).ok());
  server_.Run(database_,
              "ALTER TABLE crm_demo.schema_migrations ALTER number TYPE text; "
              "UPDATE crm_demo.schema_migrations SET number = 'two' WHERE number = '2'");
  auto connection = Connection::Open(options_).value();
  EXPECT_EQ(ReadApplied(*connection, Soon()).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Migrate(options_, Sets()).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace crm::pg
