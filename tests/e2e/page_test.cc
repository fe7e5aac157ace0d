// The page of reports as those see it who open it: from the running system, in a browser.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

using ::testing::HasSubstr;

class PageTest : public ::testing::Test {
 protected:
  std::string Script(const std::string& commands) const {
    return absl::StrCat("set -euo pipefail\n", stack_.Source(), commands);
  }

  void Import() {
    const Outcome imported =
        RunScript(Script("crmctl import --mapping clients/crmctl/sample/sample.json --data "
                         "clients/crmctl/sample"));
    ASSERT_EQ(imported.code, 0) << imported.output;
    const Outcome named = RunScript(
        Script("crmctl opportunity list --limit 1 --filter 'stage_type = OPEN' --output json | "
               "/usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)[0][\"name\"])' |"
               "xargs -I{} crmctl opportunity update {} --display-name "
               "'</script><img src=x onerror=alert(1)> \"Søn\" & <b>' --owner '<i>mara</i>' "
               "--expected-close-date 2031-05-01 --forecast-category commit"));
    ASSERT_EQ(named.code, 0) << named.output;
    const Outcome page = RunScript(Script("crmctl report --html " + page_));
    ASSERT_EQ(page.code, 0) << page.output;
  }

  // As ./tests/run e2e installs them, where it can.
  static std::string Browser() {
    for (const char* const path : {"/usr/bin/chromium-headless-shell", "/usr/bin/chromium"}) {
      if (access(path, X_OK) == 0) return path;
    }
    return "";
  }

  const Stack stack_;
  const std::string page_ = stack_.folder() + "/logs/report.html";
};

TEST_F(PageTest, IsWellFormedAndNeedsNothingBesideItself) {
  Import();
  const Outcome checked = RunScript("exec /usr/bin/python3 -B tests/e2e/page_check.py " + page_);
  EXPECT_EQ(checked.code, 0) << checked.output;

  const Outcome events = RunScript(Script(absl::StrCat(
      "crmctl events export --service opportunity --file ", page_, ".jsonl\n",
      "exec /usr/bin/python3 -B clients/examples/check_page.py ", page_, " ", page_, ".jsonl")));
  EXPECT_EQ(events.code, 0) << events.output;
  EXPECT_THAT(events.output, HasSubstr("agree"));

  const Outcome tables = RunScript(Script("crmctl report --most-at-risk 3"));
  EXPECT_EQ(tables.code, 0) << tables.output;
  EXPECT_THAT(tables.output, ::testing::AllOf(HasSubstr("Moves from stage to stage\nFROM"),
                                              HasSubstr("Opportunities at risk")));
  for (const char* const wrong : {"--html /nowhere/report.html", "--most-at-risk 0", "--output csv",
                                  "--time-zone Mars/Olympus"}) {
    EXPECT_NE(RunScript(Script(absl::StrCat("crmctl report ", wrong))).code, 0) << wrong;
  }

  const Outcome commands = RunScript(Script(absl::StrCat(
      "exec /usr/bin/python3 -B tests/e2e/report_commands.py ", stack_.folder(), "/logs")));
  EXPECT_EQ(commands.code, 0) << commands.output;

  const std::string npm = SourceFolder() + "/build/npm-pages";
  if (Browser().empty() || access((npm + "/node_modules/axe-core").c_str(), R_OK) != 0) {
    GTEST_SKIP() << "there is no browser, or no axe-core; `./tests/run e2e` installs them where "
                    "apt and npm reach their servers";
  }
  const char* const screenshots = std::getenv("CRM_SCREENSHOTS");
  const Outcome seen =
      RunScript(absl::StrCat("exec node tests/e2e/page_in_browser.mjs ", npm, " ", Browser(), " ",
                             page_, " ", screenshots == nullptr ? "" : screenshots));
  EXPECT_EQ(seen.code, 0) << seen.output;
  const Outcome valid = RunScript(absl::StrCat(
      npm, "/node_modules/.bin/html-validate --config tests/e2e/html_rules.json ", page_));
  EXPECT_EQ(valid.code, 0) << valid.output;
}

}  // namespace
}  // namespace crm::testing
