#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/pg/migrator.h"
#include "tests/integration/pg/fixture.h"

namespace crm::pg {
namespace {

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
  EXPECT_TRUE(CheckAtHead(*connection, Sets(), Soon()).ok());
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
  EXPECT_FALSE(CheckAtHead(*connection, Sets(), Soon()).ok());
  EXPECT_EQ(*Migrate(options_, Sets()), 1);
}

}  // namespace
}  // namespace crm::pg
