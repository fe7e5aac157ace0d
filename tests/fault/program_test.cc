// What operators and orchestrators rely on of the program: probes, signals, exit codes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <string>

#include "absl/strings/str_cat.h"

#include "tests/fault/program_fixture.h"
#include "tests/support/await.h"
#include "tests/support/health.h"

namespace crm::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kService[] = "crm.opportunity.v1.OpportunityService";

class HealthTest : public ProgramTest {
 protected:
  ~HealthTest() override {
    postgres_.Resume();
    redis_.Resume();
  }

  Health Probe(const std::string& name) { return HealthOn(health_port(), name); }
  Health Api(const std::string& name) { return HealthOn(port(), name); }

  void AwaitReady() {
    ASSERT_TRUE(Await(absl::Seconds(30), [&] { return Probe("") == kServing; }))
        << service_->Output();
  }
};

TEST_F(HealthTest, AProgramThatWaitsForItsSchemaHasStartedAndLivesButIsNotReady) {
  Serve("");
  ASSERT_TRUE(AwaitLog("not ready"));
  EXPECT_EQ(Probe("startup"), kServing);
  EXPECT_EQ(Probe("liveness"), kServing);
  EXPECT_EQ(Probe(""), kNotServing);
  EXPECT_EQ(Api(""), kNotServing);
  EXPECT_EQ(RunProgram("migrate").code, 0);
  AwaitReady();
  EXPECT_EQ(Api(kService), kServing);
}

TEST_F(HealthTest, StoresThatHangDecideNothing) {
  ASSERT_EQ(RunProgram("migrate").code, 0);
  Serve("--drain-delay 0s --drain-grace 1s");
  AwaitReady();
  postgres_.Pause();
  redis_.Pause();
  for (const char* const name : {"", "startup", "liveness"}) {
    EXPECT_EQ(Probe(name), kServing) << name;
  }
}

TEST_F(HealthTest, ADrainingProgramLivesAndIsNotReadyOnEitherPort) {
  ASSERT_EQ(RunProgram("migrate").code, 0);
  Serve("--drain-delay 30s");
  AwaitReady();
  HealthWatch watch(grpc::CreateChannel(absl::StrCat("127.0.0.1:", health_port()),
                                        grpc::InsecureChannelCredentials()),
                    "");
  EXPECT_EQ(watch.Next(), kServing);
  service_->Signal(SIGTERM);
  EXPECT_EQ(watch.Next(), kNotServing);
  EXPECT_TRUE(Await(absl::Seconds(10), [&] { return Api(kService) == kNotServing; }));
  EXPECT_EQ(Api(""), kNotServing);
  EXPECT_EQ(Probe("liveness"), kServing);
  EXPECT_EQ(Probe("startup"), kServing);

  service_->Signal(SIGTERM);
  EXPECT_EQ(AwaitEnd(), 130) << service_->Output();
}

// crm-contact knows contact/0001 to 0006 and needs the first four; the last two can be applied
// again.
class MigrateTest : public ProgramTest {
 protected:
  MigrateTest() : ProgramTest(PostgresServer::Shared(), RedisServer::Shared(), "contact") {
    EXPECT_EQ(RunProgram("migrate").code, 0);
  }

  void Sql(const std::string& sql) {
    postgres_.Run(database_, "SET search_path TO crm_contact; " + sql);
  }
  void Forget(int number) {
    Sql(absl::StrCat("DELETE FROM schema_migrations WHERE module = 'contact' AND number = ",
                     number));
  }
  void AddNewer(int oldest_program) {
    Sql(
        absl::StrCat("INSERT INTO schema_migrations (module, number, name, checksum, "
                     "oldest_program) VALUES ('contact', 99, 'newer', '', ",
                     oldest_program, ")"));
  }
  bool BecomesReady() {
    return Await(absl::Seconds(30), [&] { return HealthOn(health_port(), "") == kServing; });
  }
};

TEST_F(MigrateTest, CheckTellsByItsExitCodeAndWritesNothing) {
  EXPECT_EQ(RunProgram("migrate --check").code, 0);
  Forget(6);
  for (int turn = 0; turn < 2; ++turn) {
    const struct Outcome behind = RunProgram("migrate --check");
    EXPECT_EQ(behind.code, 3);
    EXPECT_THAT(behind.output, HasSubstr("contact/0006_find_by_phone"));
  }
  EXPECT_EQ(RunProgram("migrate").code, 0);
  Sql("DROP SCHEMA crm_contact CASCADE");
  EXPECT_EQ(RunProgram("migrate --check").code, 3);
  EXPECT_EQ(postgres_.Run(database_, "SELECT to_regnamespace('crm_contact') IS NULL"), "t");
}

TEST_F(MigrateTest, ADryRunTriesInOrderAndWritesNothing) {
  Forget(5);
  Forget(6);
  const struct Outcome dry = RunProgram("migrate --dry-run");
  EXPECT_EQ(dry.code, 0);
  EXPECT_THAT(dry.output, ContainsRegex("2 migrations.*\n.*0005_room_for_moves\n.*0006_find"));
  EXPECT_EQ(RunProgram("migrate --check").code, 3);
  // A migration that cannot go well is found.
  Sql("DROP TABLE contact CASCADE");
  EXPECT_EQ(RunProgram("migrate --dry-run").code, 1);
}

TEST_F(MigrateTest, WhatTryingAgainCannotMendHasACodeOfItsOwn) {
  AddNewer(0);
  for (const char* const command : {"migrate", "migrate --check", "migrate --dry-run"}) {
    const struct Outcome newer = RunProgram(command);
    EXPECT_EQ(newer.code, 4) << command;
    EXPECT_THAT(newer.output, HasSubstr("contact/0099 is newer")) << command;
  }
  Forget(7);
  Sql("UPDATE schema_migrations SET checksum = 'other' WHERE module = 'contact' AND number = 2");
  for (const char* const command : {"migrate", "migrate --check", "migrate --dry-run"}) {
    const struct Outcome changed = RunProgram(command);
    EXPECT_EQ(changed.code, 4) << command;
    EXPECT_THAT(changed.output, HasSubstr("contact/0002 was changed")) << command;
  }
  EXPECT_EQ(RunProgram("migrate --migrate-database-url postgresql://127.0.0.1:1/none").code, 1);
}

TEST_F(MigrateTest, ASignalEndsAMigrationThatWaitsForALock) {
  Forget(6);
  pg::ConnectionOptions options;
  options.url = postgres_.Url(database_);
  options.schema = "crm_contact";
  auto holder = pg::Connection::Open(options).value();
  ASSERT_TRUE(holder->Execute("BEGIN; LOCK TABLE contact").ok());
  Command migration(Program("migrate --lock-timeout 1h"));
  const auto waiting = [&] {
    return postgres_.Run(database_,
                         "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT "
                         "oid FROM pg_database WHERE datname = current_database())") != "0";
  };
  EXPECT_TRUE(Await(absl::Seconds(30), waiting)) << migration.Output();
  migration.Signal(SIGTERM);
  EXPECT_EQ(migration.Wait().code, 143) << migration.Output();
  // Its session ends too, before it gets the lock.
  EXPECT_TRUE(Await(absl::Seconds(30), [&] { return !waiting(); }));
  ASSERT_TRUE(holder->Execute("ROLLBACK").ok());
  EXPECT_EQ(RunProgram("migrate --check").code, 3);
}

TEST_F(MigrateTest, AProgramServesWithTheSchemaBeforeItsLastMigration) {
  Forget(17);
  Serve("");
  EXPECT_TRUE(BecomesReady()) << service_->Output();
}

TEST_F(MigrateTest, ButNotWithoutWhatItNeeds) {
  Forget(4);
  Serve("");
  EXPECT_TRUE(AwaitLog("contact/0004_statistics is not applied")) << service_->Output();
  EXPECT_EQ(HealthOn(health_port(), ""), kNotServing);
}

TEST_F(MigrateTest, AProgramServesWithANewerSchemaThatTookNothingAway) {
  AddNewer(6);
  Serve("");
  EXPECT_TRUE(BecomesReady()) << service_->Output();
}

TEST_F(MigrateTest, ButNotWithOneThatNeedsANewerProgram) {
  AddNewer(99);
  Serve("");
  EXPECT_TRUE(AwaitLog("too old for the schema")) << service_->Output();
  EXPECT_EQ(HealthOn(health_port(), ""), kNotServing);
  EXPECT_EQ(HealthOn(health_port(), "liveness"), kServing);
}

TEST_F(ProgramTest, WrongFlagsEndItWithoutAWordOfPasswords) {
  const struct Outcome wrong = RunProgram(
      "serve --listen nowhere --relay-database-url postgresql://u:secret@h:0/d "
      "postgresql://u:secret@h/d");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.output, HasSubstr("--listen must be"));
  EXPECT_THAT(wrong.output, HasSubstr("--relay-database-url must have ports"));
  EXPECT_THAT(wrong.output, Not(HasSubstr("secret")));
}

TEST_F(ProgramTest, AStoreThatIsAwayIsNotLoggedWithItsPassword) {
  Serve(
      "--drain-delay 0s --database-url postgresql://u:secret@127.0.0.1:1/d "
      "--redis-url redis://:secret@127.0.0.1:1");
  EXPECT_TRUE(AwaitLog("not ready"));
  service_->Signal(SIGTERM);
  EXPECT_EQ(AwaitEnd(), 0);
  EXPECT_THAT(service_->Output(), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace crm::testing
