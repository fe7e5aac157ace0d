// A consumer's process that is killed again and again, before its commits and behind them, has each
// effect once. CRM_CONSUMER_KILLS=1000 takes some minutes.

#include <signal.h>

#include "absl/strings/numbers.h"
#include "tests/integration/event/consumer_fixture.h"
#include "tests/integration/event/killed_process.h"

namespace crm::event {
namespace {

using testing::ConsumerTest;
using testing::kStream;
using testing::LogSource;
using testing::Note;
using testing::Variable;

constexpr int kBatch = 3;
constexpr pg::Statement kAnything = {"test_anything", "SELECT 1"};

// Where a consumer's process dies.
enum class Place { kBeforeCommit, kBehindCommit };

class ConsumerKillTest : public ConsumerTest {
 protected:
  static int Kills() {
    int kills = 0;
    return absl::SimpleAtoi(Variable("CRM_CONSUMER_KILLS"), &kills) ? kills : 12;
  }

  // A process of this program that consumes until it kills itself at its `turn`th batch. Whether it
  // did; one that had not enough to do is ended.
  bool RunUntilKilled(Place place, int turn, bool with_its_own_commit = false) {
    return testing::IsKilled(
        "KilledConsumer.*",
        {"CRM_KILLED_DATABASE=" + pipeline_.Database("app").url,
         "CRM_KILLED_REDIS=" + pipeline_.redis_server.Url(),
         absl::StrCat("CRM_KILLED_BEFORE=", place == Place::kBeforeCommit ? turn : 0),
         absl::StrCat("CRM_KILLED_BEHIND=", place == Place::kBehindCommit ? turn : 0),
         absl::StrCat("CRM_KILLED_BADLY=", with_its_own_commit ? 1 : 0)});
  }
};

// What runs in the other process.
TEST(KilledConsumer, DISABLED_ConsumesUntilItIsKilled) {
  int before = 0;
  int behind = 0;
  const bool badly = Variable("CRM_KILLED_BADLY") == "1";
  if (!absl::SimpleAtoi(Variable("CRM_KILLED_BEFORE"), &before) ||
      !absl::SimpleAtoi(Variable("CRM_KILLED_BEHIND"), &behind)) {
    return;
  }
  ConsumerOptions options;
  options.name = "test";
  options.stream = kStream;
  options.database = {Variable("CRM_KILLED_DATABASE"), testing::kSchema, "killed"};
  options.redis.url = Variable("CRM_KILLED_REDIS");
  options.batch_size = kBatch;
  options.block = absl::Milliseconds(100);
  options.pace = absl::ZeroDuration();
  options.committed = [&] {
    if (--behind == 0) raise(SIGKILL);
  };
  pg::Pool pool(options.database, 2);
  LogSource source(&pool);
  metrics::Registry registry;
  Consumer consumer(
      options, stage::DecodeEntry, &source,
      [&](pg::Transaction& transaction, absl::Span<const Event> events) -> absl::Status {
        if (badly) {
          CRM_RETURN_IF_ERROR(
              pg::RunInTransaction(pool, pg::Tenants::All(), absl::Now() + absl::Seconds(10),
                                   [&](pg::Transaction& own) { return Note(own, events); }));
        } else {
          CRM_RETURN_IF_ERROR(Note(transaction, events));
          // So that it is with PostgreSQL.
          CRM_RETURN_IF_ERROR(transaction.Query(kAnything, pg::Params()).status());
        }
        if (--before == 0) raise(SIGKILL);
        return absl::OkStatus();
      },
      &registry);
  consumer.Start();
  absl::SleepFor(absl::Seconds(20));  // of one who has nothing to do
}

TEST_F(ConsumerKillTest, HasEachEffectOnce) {
  const int kills = Kills();
  Publish(kills * kBatch * 2 + 10);
  int killed[2] = {0, 0};
  for (int i = 0; i < kills; ++i) {
    const Place place = i % 2 == 0 ? Place::kBeforeCommit : Place::kBehindCommit;
    const int turn = 1 + i / 2 % 3;
    if (RunUntilKilled(place, turn)) ++killed[i % 2];
  }
  EXPECT_GE(killed[0] + killed[1], kills) << "a process was not killed where it should have been";
  const auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(published_));
  EXPECT_EQ(FirstViolation(), "");
}

TEST_F(ConsumerKillTest, AnEffectWithACommitOfItsOwnIsHadTwice) {
  Publish(20);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(RunUntilKilled(Place::kBeforeCommit, 1, true));
  const auto consumer = StartConsumer();
  ASSERT_TRUE(AwaitApplied(20));
  EXPECT_TRUE(Await(absl::Seconds(20), [&] { return Position() == 20; }));
  EXPECT_NE(FirstViolation(), "");
}

}  // namespace
}  // namespace crm::event
