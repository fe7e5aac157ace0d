// The order of events is that of the moves, whoever stands still where: PostgreSQL makes each
// transaction wait for a random time at each step of a write. CRM_SCHEDULED_MOVES=10000 takes
// minutes.

#include <cstdlib>
#include <random>
#include <thread>

#include "absl/strings/numbers.h"
#include "tests/integration/opportunity/fixture.h"
#include "tests/support/command.h"

namespace crm::opportunity::testing {
namespace {

constexpr int kWriters = 6;

// Rows of an outbox whose version does not follow that of the row of the same thing before it.
std::string Swapped(const std::string& outbox) {
  return absl::StrCat(
      "SELECT count(*) FROM (SELECT version, lag(version) OVER (PARTITION BY aggregate ORDER BY "
      "id) "
      "AS before FROM ",
      outbox, " WHERE version > 0) AS pairs WHERE version <> before + 1");
}

class ScheduleTest : public OpportunityServiceTest {
 protected:
  static constexpr const char* kSteps[] = {"idempotency", "opportunity", "stage_history",
                                           "outbox_in"};

  ScheduleTest() {
    Sql("CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "
        "pg_sleep(random() * 0.003); RETURN NULL; END $$");
    for (const char* table : kSteps) {
      for (const char* when : {"BEFORE", "AFTER"}) {
        Sql(absl::StrCat("CREATE TRIGGER dawdle_", when, " ", when, " INSERT OR UPDATE ON ", table,
                         " FOR EACH STATEMENT EXECUTE FUNCTION dawdle()"));
      }
    }
  }
  ~ScheduleTest() override { Sql("DROP FUNCTION dawdle() CASCADE"); }

  static std::string Sql(const std::string& sql) { return Service().database().Sql(sql); }
  static int Moves() {
    int moves = 0;
    const char* const text = std::getenv("CRM_SCHEDULED_MOVES");
    return text != nullptr && absl::SimpleAtoi(text, &moves) ? moves : 150;
  }
};

TEST_F(ScheduleTest, EventsAreInTheOrderOfTheirMoves) {
  const std::string names[] = {Open().name(), Open().name()};
  std::atomic<int> left{Moves()};
  std::atomic<int> moved{0};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      std::mt19937 random(static_cast<unsigned>(writer));
      const char* const stages[] = {"discovery", "needs_confirmed", "proposal", "payment_terms"};
      while (--left >= 0) {
        v1::MoveOpportunityRequest request;
        request.set_name(names[random() % 2]);
        request.set_stage(stages[random() % 4]);
        request.set_override_reason("a test of order");
        request.set_request_id(NewUuid());
        // Refused if it is there already.
        moved += Call(&Stub::MoveOpportunity, request).ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_GT(moved, Moves() / 2);
  EXPECT_EQ(Sql(absl::StrCat("SELECT count(*) FROM outbox_in WHERE version > 1 AND tenant = '",
                             tenant(), "'")),
            absl::StrCat(moved.load()));
  EXPECT_EQ(Sql(Swapped("outbox_in")), "0");
}

// The row of the outbox first and then the lock: what the test is there to find.
TEST_F(ScheduleTest, AnIdThatIsDrawnBeforeTheLockSwapsEvents) {
  Sql("CREATE TABLE bad_outbox (id bigint GENERATED ALWAYS AS IDENTITY, aggregate uuid DEFAULT "
      "gen_random_uuid(), version bigint); CREATE TABLE bad_thing AS SELECT gen_random_uuid() AS "
      "id, "
      "0 AS version");
  const std::string script = absl::StrCat(
      "psql -X -q -d ", ::crm::testing::Quoted(Service().database().Url()),
      " -c \"SET search_path TO crm_opportunity\" -c \"DO \\$\\$ DECLARE drawn bigint; BEGIN FOR i "
      "IN "
      "1..20 LOOP INSERT INTO bad_outbox (version) VALUES (0) RETURNING id INTO drawn; PERFORM "
      "pg_sleep(random() * 0.003); UPDATE bad_thing SET version = version + 1; UPDATE bad_outbox "
      "SET "
      "version = (SELECT version FROM bad_thing), aggregate = (SELECT id FROM bad_thing) WHERE id "
      "= "
      "drawn; COMMIT; END LOOP; END \\$\\$\"");
  const auto outcome =
      ::crm::testing::RunScript(absl::StrCat("for i in 1 2 3 4; do ", script, " & done; wait"));
  EXPECT_EQ(Sql("SELECT version FROM bad_thing"), "80") << outcome.output;
  EXPECT_NE(Sql(Swapped("bad_outbox")), "0");
  Sql("DROP TABLE bad_outbox, bad_thing");
}

}  // namespace
}  // namespace crm::opportunity::testing
