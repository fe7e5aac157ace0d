// The commands that a user types: up, down, demo, and what the README says to type.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/await.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

using ::testing::HasSubstr;

std::string FileText(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Processes that have `folder` in their arguments or environment, this one and its caretakers
// aside.
std::vector<std::string> ProcessesOf(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string path = entry.path().string();
    if (path.find_first_of("0123456789") != 6 || path == absl::StrCat("/proc/", getpid())) continue;
    std::string arguments = FileText(path + "/cmdline");
    if (absl::StrContains(arguments, folder) ||
        absl::StrContains(FileText(path + "/environ"), folder)) {
      std::replace(arguments.begin(), arguments.end(), '\0', ' ');
      found.push_back(absl::StrCat(path, ": ", arguments));
    }
  }
  return found;
}

class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest() {
    std::string pattern = "/tmp/crm-commands-XXXXXX";
    if (mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));
  }

  ~CommandsTest() override {
    RunScript(absl::StrCat("deploy/local/down --remove --dir ", folder_, "/run"));
    std::filesystem::remove_all(folder_);
  }

  std::string Script(const std::string& command) const {
    return absl::StrCat("exec deploy/local/", command, " --dir ", folder_, "/run --build-dir ",
                        Quoted(BuildFolder()));
  }

  void ExpectNothingLeft() const {
    EXPECT_TRUE(Await(absl::Seconds(40), [&] { return ProcessesOf(folder_).empty(); }))
        << ::testing::PrintToString(ProcessesOf(folder_));
  }

  // Starts the demo, sends `signal` once its output has `moment`, and expects that nothing is left.
  void EndDemoAt(const std::string& moment, int signal, bool whole_group) {
    SCOPED_TRACE(absl::StrCat("signal ", signal, " at: ", moment));
    Command demo(Script("demo"));
    const bool came = Await(absl::Minutes(2), [&] {
      return absl::StrContains(demo.Output(), moment) || !demo.Running();
    });
    ASSERT_TRUE(came && demo.Running()) << demo.Output();
    if (whole_group) {
      demo.Signal(signal);
    } else {
      kill(demo.pid(), signal);
    }
    const Outcome outcome = demo.Wait();
    if (signal != SIGKILL) {
      EXPECT_EQ(outcome.code, 130) << outcome.output;
    }
    ExpectNothingLeft();
  }

  std::string folder_;
};

TEST_F(CommandsTest, UpIsIdempotentAndDownLeavesNothing) {
  Outcome up = RunScript(Script("up"));
  ASSERT_EQ(up.code, 0) << up.output;
  const std::string addresses = FileText(folder_ + "/run/stack.env");
  up = RunScript(Script("up"));
  EXPECT_EQ(up.code, 0) << up.output;
  EXPECT_EQ(FileText(folder_ + "/run/stack.env"), addresses);
  EXPECT_FALSE(ProcessesOf(folder_).empty());
  EXPECT_EQ(RunScript(absl::StrCat("deploy/local/down --dir ", folder_, "/run")).code, 0);
  ExpectNothingLeft();
}

TEST_F(CommandsTest, TheDemoRunsAndLeavesNothing) {
  const Outcome demo = RunScript(Script("demo"));
  EXPECT_EQ(demo.code, 0) << demo.output;
  EXPECT_THAT(demo.output, HasSubstr("contract → won"));
  EXPECT_THAT(demo.output, HasSubstr("OPPORTUNITY → CUSTOMER"));
  EXPECT_THAT(demo.output, HasSubstr("account      · → ACTIVE"));
  ExpectNothingLeft();
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/run/postgres"));
}

TEST_F(CommandsTest, CtrlCDuringTheDemoLeavesNothing) {
  EndDemoAt("", SIGINT, true);
  EndDemoAt("running in", SIGINT, true);
  EndDemoAt("· → NEW", SIGINT, true);
  EndDemoAt("crmctl import", SIGINT, true);
}

TEST_F(CommandsTest, AKilledDemoLeavesNothing) {
  EndDemoAt("running in", SIGTERM, false);
  EndDemoAt("running in", SIGHUP, false);
  EndDemoAt("· → NEW", SIGKILL, false);
}

TEST_F(CommandsTest, AKeptDemoStaysUpUntilDown) {
  const Outcome demo = RunScript(Script("demo --keep"));
  EXPECT_EQ(demo.code, 0) << demo.output;
  EXPECT_THAT(demo.output, HasSubstr("deploy/local/down"));
  EXPECT_EQ(RunScript(absl::StrCat("source ", folder_, "/run/stack.env && crmctl funnel")).code, 0);
  EXPECT_EQ(RunScript(absl::StrCat("deploy/local/down --dir ", folder_, "/run")).code, 0);
  ExpectNothingLeft();
}

TEST_F(CommandsTest, TheReadmesWalkWithCrmctlWorksWordForWord) {
  const Stack stack;
  const Outcome walk = RunScript("set -euo pipefail\n" + stack.Source() + ReadmeBlock("crmctl"));
  EXPECT_EQ(walk.code, 0) << walk.output;
  EXPECT_THAT(walk.output, HasSubstr("won"));
  const std::string in_logs =
      absl::StrCat("set -euo pipefail\n", stack.Source(), "cd ", stack.folder(), "/logs\n");
  const Outcome pipeline = RunScript(absl::StrCat(in_logs, ReadmeBlock("pipeline")));
  EXPECT_EQ(pipeline.code, 0) << pipeline.output;
  EXPECT_THAT(pipeline.output, HasSubstr("pipelines/renewals: revision 1"));
  const Outcome assignment = RunScript(absl::StrCat(in_logs, ReadmeBlock("assignment")));
  EXPECT_EQ(assignment.code, 0) << assignment.output;
  for (const char* const said : {"CREATED", "The rule \"from the web\" gave it to mara.",
                                 "threshold: 70 → 60", "The policy: revision 2"}) {
    EXPECT_THAT(assignment.output, HasSubstr(said));
  }
}

TEST_F(CommandsTest, TheReadmesWalkWithBufCurlWorksWordForWord) {
  const std::string buf = SourceFolder() + "/build/npm/node_modules/.bin/buf";
  if (access(buf.c_str(), X_OK) != 0) {
    GTEST_SKIP()
        << "buf is not there; `./tests/run e2e` installs it where npm reaches its registry";
  }
  const Stack stack;
  const Outcome walk =
      RunScript(absl::StrCat("set -euo pipefail\n", stack.Source(),
                             "npx() { while [[ $1 == -* || $1 == @* ]]; do shift; done; ",
                             Quoted(buf), " \"$@\"; }\n", ReadmeBlock("buf curl")));
  EXPECT_EQ(walk.code, 0) << walk.output;
  EXPECT_THAT(walk.output, HasSubstr("STAGE_TYPE_WON"));
}

}  // namespace
}  // namespace crm::testing
