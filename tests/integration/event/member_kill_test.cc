// A member of a consumer group that is killed between its effect and its acknowledgement, ours in
// C++ and the documented one in Python: the event comes again, and has its effect once where the
// reader keeps what it has done.

#include <signal.h>

#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/integration/event/clients_fixture.h"
#include "tests/integration/event/killed_process.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::event::testing {
namespace {

using crm::testing::Quoted;
using crm::testing::RunScript;

// `given` is counted by whoever keeps nothing, `done` by whoever keeps the ids.
constexpr char kTables[] =
    "SET search_path TO crm_lead; CREATE TABLE seen (id text PRIMARY KEY); CREATE TABLE tally AS "
    "SELECT 0 AS given, 0 AS done; GRANT ALL ON seen, tally TO crm_lead_app";
constexpr pg::Statement kEffect = {
    "test_effect",
    "WITH fresh AS (INSERT INTO seen VALUES ($1::text) ON CONFLICT DO NOTHING RETURNING 1) "
    "UPDATE tally SET given = given + 1, done = done + (SELECT count(*) FROM fresh)"};

absl::Status HaveEffect(pg::Pool& pool, const v1::StageEvent& event) {
  return pg::RunInTransaction(
      pool, pg::Tenants::All(), absl::Now() + absl::Seconds(10), [&](pg::Transaction& transaction) {
        return transaction.Defer(kEffect, pg::MakeParams(event.change().event_id()));
      });
}

// What runs in the other process.
TEST(KilledMember, DISABLED_HandlesUntilItIsKilled) {
  int left = 0;
  if (!absl::SimpleAtoi(Variable("CRM_KILLED_AT"), &left)) return;
  pg::Pool pool({Variable("CRM_KILLED_DATABASE"), kSchema, "killed"}, 1);
  client::Addresses addresses;
  addresses.lead = Variable("CRM_KILLED_SERVICE");
  client::GroupOptions options;
  options.redis.url = Variable("CRM_KILLED_REDIS");
  options.service = client::Service::kLead;
  options.group = "finance";
  options.consumer = "anna";
  options.take_over = absl::Milliseconds(100);
  GroupConsumer member(options, *client::Client::Connect(addresses, {}),
                       [&](const v1::StageEvent& event) -> absl::Status {
                         const absl::Status done = HaveEffect(pool, event);
                         if (done.ok() && --left == 0) raise(SIGKILL);
                         return done;
                       });
  Await(absl::Seconds(20), [&] { return member.Poll().ok() && left < 0; });
}

TEST_F(ClientsTest, AMemberKilledBeforeItAcknowledgesHasItsEffectOnceByTheIdsThatItKeeps) {
  pipeline_.Sql(kTables);
  Move(12);
  const auto database = pipeline_.Database("app");
  for (const int at : {1, 3}) {
    EXPECT_TRUE(IsKilled(
        "KilledMember.*",
        {"CRM_KILLED_DATABASE=" + database.url, "CRM_KILLED_REDIS=" + pipeline_.redis_server.Url(),
         absl::StrCat("CRM_KILLED_SERVICE=127.0.0.1:", server_->selected_port()),
         absl::StrCat("CRM_KILLED_AT=", at)}));
  }
  GroupConsumer ben(Group("ben"), Client(),
                    [&](const v1::StageEvent& event) { return HaveEffect(*pipeline_.app, event); });
  EXPECT_TRUE(Await(absl::Seconds(60), [&] {
    (void)ben.Poll();
    return Pending() == 0 && pipeline_.Count("seen") == 12;
  }));
  EXPECT_EQ(pipeline_.Sql("SELECT given, done FROM crm_lead.tally"), "14|12")
      << "each kill gives one event once more";
}

class AnalystTest : public ClientsTest {
 protected:
  ~AnalystTest() override { std::filesystem::remove_all(folder_); }

  // Runs the example; `stumble`, Python, before it. Exit code and what it printed.
  struct crm::testing::Outcome Run(const std::string& stumble) {
    return RunScript(absl::StrCat(
        "cd ", Quoted(crm::testing::SourceFolder()),
        "/clients/examples\nexport CRM_REDIS_URL=", Quoted(pipeline_.redis_server.Url()),
        " CRM_LEAD_ADDRESS=127.0.0.1:", server_->selected_port(),
        " CRM_CONTACT_ADDRESS=x CRM_OPPORTUNITY_ADDRESS=x\n", "exec /usr/bin/python3 -B -c ",
        Quoted(absl::StrCat("import os, signal, analyst, redis\n",
                            "die = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n", stumble,
                            "\nanalyst.main()")),
        " --once --from-start --group finance --stack /nowhere --stubs ", folder_,
        "/stubs --state ", folder_, "/state.json"));
  }
  // So that what was given to a dead one is taken over now.
  void LetAllGrowOld() {
    for (const redis::StreamEntry& entry : pipeline_.Entries()) {
      pipeline_.redis_server.Run({"XCLAIM", kStream, "finance", "dead", "0", entry.id.ToString(),
                                  "IDLE", "60000", "JUSTID"});
    }
  }

  const std::string folder_ = absl::StrCat("/tmp/crm-analyst-", pipeline_.ids.New().ToString());
};

TEST_F(AnalystTest, CountsEachEventOnceWhereverItIsKilled) {
  std::filesystem::create_directory(folder_);
  Move(6);
  for (const char* place : {"analyst.Positions.save = die", "redis.Redis.xack = die"}) {
    EXPECT_EQ(Run(place).code, 128 + SIGKILL) << "the fault has not happened: " << place;
    EXPECT_EQ(Pending(), 6) << "nothing is acknowledged";
    LetAllGrowOld();
  }
  const struct crm::testing::Outcome told = Run("");
  EXPECT_EQ(told.code, 0) << told.output;
  EXPECT_EQ(Pending(), 0);
  int64_t sum = 0;
  for (const absl::string_view line : absl::StrSplit(told.output, '\n')) {
    int64_t count = 0;
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (!words.empty() && absl::SimpleAtoi(words[0], &count)) sum += count;
  }
  EXPECT_EQ(sum, 6) << told.output;
}

}  // namespace
}  // namespace crm::event::testing
