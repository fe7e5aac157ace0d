// PostgreSQL's disk is full while it is written to: calls are refused as for a database that is
// away, and once there is room all goes on by itself, with all that was acknowledged. If it is the
// disk of the write-ahead log, PostgreSQL ends itself, and goes on when it is started again. The
// disk is a small file system of this test alone; where one may not be mounted, the test is
// skipped.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/fault/opener.h"
#include "tests/fault/program_fixture.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"

namespace crm::testing {
namespace {

constexpr int kOpeners = 4;

struct DiskFullServers {
  PostgresServer postgres;
  RedisServer redis;
};

class DiskFullTest : private DiskFullServers, public ProgramTest {
 protected:
  DiskFullTest() : ProgramTest(DiskFullServers::postgres, DiskFullServers::redis) {}

  // Moves a folder of the data onto a file system of `mib`, which this process and its children
  // alone see.
  bool MoveToSmallDisk(const std::string& name, int mib) {
    folder_ = postgres_.data_folder() + "/" + name;
    const std::string size = absl::StrCat("mode=0777,size=", mib, "m");
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
      return false;
    }
    postgres_.StopFast();
    std::filesystem::rename(folder_, folder_ + ".old");
    const bool mounted = std::filesystem::create_directory(folder_) &&
                         mount("small", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0;
    const struct Outcome copied =
        RunScript(absl::StrCat("cp -a ", Quoted(folder_ + ".old"), "/. ", Quoted(folder_)));
    EXPECT_EQ(copied.code, 0) << copied.output;
    postgres_.Start();
    return mounted;
  }
  // Takes all room that is left, to the last byte.
  void Fill() { RunScript(absl::StrCat("cat /dev/zero >", Quoted(Ballast()))); }
  void MakeRoom() { std::filesystem::remove(Ballast()); }
  std::string Ballast() const { return folder_ + "/ballast"; }
  // The log begins new files until there is none left that it had made before.
  void UseUpLogFiles() {
    RunScript(absl::StrCat("for i in $(seq 40); do psql -X -q -d ",
                           Quoted(postgres_.Url("postgres")),
                           " -c 'SELECT pg_switch_wal()' || exit; sleep 0.05; done"));
  }

  void StartOpeners() {
    for (int i = 0; i < kOpeners; ++i) {
      openers_.push_back(std::make_unique<Opener>(absl::StrCat("127.0.0.1:", port())));
    }
  }
  // Until each opener has this much more of something.
  bool AwaitMore(int more, int (Opener::*figure)() const) {
    std::vector<int> goals;
    for (const auto& opener : openers_) goals.push_back((*opener.*figure)() + more);
    return Await(Opener::kLongest, [&] {
      for (size_t i = 0; i < goals.size(); ++i) {
        if ((*openers_[i].*figure)() < goals[i]) return false;
      }
      return true;
    });
  }

  std::set<std::string> Acknowledged() {
    std::set<std::string> acknowledged;
    for (const auto& opener : openers_) {
      opener->Stop();
      acknowledged.insert(opener->names().begin(), opener->names().end());
      for (const std::string& code : opener->errors()) {
        EXPECT_THAT(code, ::testing::AnyOf("UNAVAILABLE", "DEADLINE_EXCEEDED"));
      }
    }
    return acknowledged;
  }
  std::set<std::string> Stored() {
    return absl::StrSplit(
        postgres_.Run(database_, "SELECT 'opportunities/' || id FROM crm_opportunity.opportunity"),
        '\n');
  }

  // The disk of the write-ahead log is full until PostgreSQL has ended itself, and no longer.
  void FillTheDiskOfTheLog(const std::function<void()>& once_it_serves = [] {}) {
    if (!MoveToSmallDisk("pg_wal", 256)) GTEST_SKIP() << "no file system may be mounted here";
    Serve("--drain-delay 0s");
    ASSERT_TRUE(AwaitLog("\"ready\"")) << service_->Output();
    StartOpeners();
    ASSERT_TRUE(AwaitMore(10, &Opener::acknowledged));
    once_it_serves();
    Fill();
    UseUpLogFiles();
    EXPECT_TRUE(AwaitMore(5, &Opener::failures)) << "the fault has not happened";
    EXPECT_TRUE(Await(Opener::kLongest, [&] { return !postgres_.Answers(); }));
    postgres_.StopImmediately();
    MakeRoom();
    postgres_.Start();
  }

  // All that was acknowledged is stored and on the stream, and nothing else is.
  void ExpectWhatWasAcknowledged() {
    const std::set<std::string> acknowledged = Acknowledged();
    EXPECT_EQ(Stored(), acknowledged);
    EXPECT_TRUE(Await(Opener::kLongest, [&] {
      return redis_.Run({"XLEN", "crm:stage-events:opportunity:0"}) ==
             absl::StrCat(acknowledged.size());
    }));
  }

  std::string folder_;
  std::vector<std::unique_ptr<Opener>> openers_;
};

TEST_F(DiskFullTest, CallsAreRefusedUntilThereIsRoomAndNothingAcknowledgedIsLost) {
  ASSERT_EQ(RunProgram("migrate").code, 0);
  if (!MoveToSmallDisk("base", 96)) GTEST_SKIP() << "no file system may be mounted here";
  Serve("--drain-delay 0s");
  ASSERT_TRUE(AwaitLog("\"ready\"")) << service_->Output();
  StartOpeners();
  ASSERT_TRUE(AwaitMore(10, &Opener::acknowledged));
  Fill();
  EXPECT_TRUE(AwaitMore(5, &Opener::failures)) << "the fault has not happened";
  MakeRoom();
  EXPECT_TRUE(AwaitMore(10, &Opener::acknowledged)) << service_->Output();
  ExpectWhatWasAcknowledged();
}

TEST_F(DiskFullTest, WithoutRoomForItsLogPostgresqlEndsAndNothingAcknowledgedIsLost) {
  ASSERT_EQ(RunProgram("migrate").code, 0);
  FillTheDiskOfTheLog();
  if (IsSkipped()) return;
  EXPECT_TRUE(AwaitMore(10, &Opener::acknowledged)) << service_->Output();
  ExpectWhatWasAcknowledged();
}

// The known-bad way.
TEST_F(DiskFullTest, AcknowledgingBeforeTheLogIsOnItsDiskIsFoundOut) {
  ASSERT_EQ(RunProgram("migrate").code, 0);
  postgres_.Run(database_,
                absl::StrCat("ALTER DATABASE ", database_, " SET synchronous_commit TO off"));
  FillTheDiskOfTheLog([this] {
    // The relay's commits are durable whatever the settings, and all before them with them.
    postgres_.Run(database_, "ALTER TABLE crm_opportunity.event_stream RENAME TO not_there");
  });
  if (IsSkipped()) return;
  const std::set<std::string> acknowledged = Acknowledged();
  const std::set<std::string> stored = Stored();
  EXPECT_FALSE(
      std::includes(stored.begin(), stored.end(), acknowledged.begin(), acknowledged.end()))
      << "nothing that was acknowledged is lost";
}

}  // namespace
}  // namespace crm::testing
