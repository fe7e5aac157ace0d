// PostgreSQL fails over to a synchronous standby under a service with writers: calls fail for a
// while, and nothing that was acknowledged is lost or there twice.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/fault/opener.h"
#include "tests/fault/program_fixture.h"
#include "tests/support/await.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"

namespace crm::testing {
namespace {

constexpr int kWriters = 4;
constexpr absl::Duration kMostFailing = absl::Seconds(10);
constexpr absl::Duration kLongest = Opener::kLongest;

// A commit waits for the standby from the moment that it is there.
struct Servers {
  PostgresServer primary{{.synchronous_standby_names = "*"}};
  PostgresServer standby{{.standby_of = &primary}};
  RedisServer redis;
};

class PostgresFailoverTest : private Servers, public ProgramTest {
 protected:
  PostgresFailoverTest() : ProgramTest(primary, Servers::redis) {
    database_url_ = PostgresServer::WritableUrl(primary, standby, database_);
    EXPECT_EQ(RunProgram("migrate").code, 0);
    Serve("--drain-delay 0s");
    EXPECT_TRUE(AwaitLog("\"ready\"")) << service_->Output();
    for (int i = 0; i < kWriters; ++i) {
      writers_.push_back(std::make_unique<Opener>(absl::StrCat("127.0.0.1:", port())));
    }
    EXPECT_TRUE(AwaitMore(20));
  }
  ~PostgresFailoverTest() override { writers_.clear(); }

  void CrashPrimary() { primary.Crash(); }
  void PausePrimary() { primary.Pause(); }
  void Promote() { standby.Promote(); }

  // Until every writer has had that many acknowledgements more.
  bool AwaitMore(int more) {
    std::vector<int> before;
    for (const auto& writer : writers_) before.push_back(writer->acknowledged());
    return Await(kLongest, [&] {
      for (size_t i = 0; i < writers_.size(); ++i) {
        if (writers_[i]->acknowledged() < before[i] + more) return false;
      }
      return true;
    });
  }

  int64_t Count(const std::string& what) {
    int64_t count = -1;
    (void)absl::SimpleAtoi(standby.Run(database_, "SELECT count(*) FROM crm_opportunity." + what),
                           &count);
    return count;
  }

  // Stops the writers and looks at what there is on the new primary and on the stream.
  void ExpectNothingLost(const char* fault) {
    EXPECT_TRUE(AwaitMore(20)) << service_->Output();
    std::set<std::string> acknowledged;
    int failures = 0;
    absl::Duration longest;
    for (const auto& writer : writers_) {
      writer->Stop();
      acknowledged.insert(writer->names().begin(), writer->names().end());
      failures += writer->failures();
      longest = std::max(longest, writer->longest());
      for (const std::string& code : writer->errors()) {
        EXPECT_THAT(code, ::testing::AnyOf("UNAVAILABLE", "DEADLINE_EXCEEDED",
                                           "RESOURCE_EXHAUSTED"));  // the queue stands still
      }
    }
    EXPECT_GE(failures, 1) << "the fault has not happened";
    EXPECT_LT(longest, kMostFailing);
    std::printf("%s: calls failed for %s (%d attempts), %zu acknowledged\n", fault,
                absl::FormatDuration(longest).c_str(), failures, acknowledged.size());
    const std::string stored =
        standby.Run(database_, "SELECT 'opportunities/' || id FROM crm_opportunity.opportunity");
    const std::vector<std::string> names = absl::StrSplit(stored, '\n');
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()), acknowledged);
    ExpectStreamWhole(static_cast<int64_t>(acknowledged.size()));
  }

  void ExpectStreamWhole(int64_t events) {
    const std::string key = "crm:stage-events:opportunity:0";
    EXPECT_TRUE(Await(kLongest, [&] {
      return redis_.Run({"XLEN", key}) == absl::StrCat(events);
    })) << redis_.Run({"XLEN", key});
    EXPECT_EQ(Count("event_log"), events);
    EXPECT_EQ(Count("outbox_in"), 0);
    // Dense from 1: as many as the last one's sequence.
    const std::string last = redis_.Run({"XREVRANGE", key, "+", "-", "COUNT", "1"});
    EXPECT_THAT(last, ::testing::ContainsRegex(absl::StrCat("^[0-9]+-", events, "\n")));
    EXPECT_EQ(standby.Run(database_,
                          "SELECT count(*) >= 1 FROM pg_locks WHERE locktype = "
                          "'advisory' AND granted"),
              "t")
        << "the relay leads on the new primary";
  }

  std::vector<std::unique_ptr<Opener>> writers_;
};

TEST_F(PostgresFailoverTest, APrimaryThatCrashes) {
  CrashPrimary();
  Promote();
  ExpectNothingLost("crash");
}

TEST_F(PostgresFailoverTest, APrimaryThatFallsSilent) {
  PausePrimary();
  Promote();
  ExpectNothingLost("silence");
  CrashPrimary();
}

}  // namespace
}  // namespace crm::testing
