// docs/lead_walk.md shows what happens, word for word but for ids and times.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/support/command.h"
#include "tests/support/stack.h"

namespace crm::testing {
namespace {

// One console block: what is typed, and what is shown below it.
struct Block {
  std::string typed;
  std::string shown;
};

std::vector<Block> BlocksOf(const std::string& path) {
  std::vector<Block> blocks;
  bool inside = false;
  bool typing = false;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line == "```console" || line == "```") {
      inside = line == "```console";
      continue;
    }
    if (!inside) continue;
    const bool begins = absl::StartsWith(line, "$ ");
    if (begins) blocks.push_back({});
    if (begins || typing) {
      absl::StrAppend(&blocks.back().typed, begins ? line.substr(2) : line, "\n");
      typing = absl::EndsWith(line, "\\");
    } else {
      absl::StrAppend(&blocks.back().shown, line, "\n");
    }
  }
  return blocks;
}

// Without what differs from one run to the next.
std::string Same(std::string text) {
  const std::pair<const char*, const char*> changing[] = {
      {"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"},
      {"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+Z?", "TIME"},
      {"[0-9]{4}-[0-9]{2}-[0-9]{2}", "DAY"},
      {"plan_token +[A-Za-z0-9_-]+", "plan_token TOKEN"},
      {" +\n", "\n"},
      {" +", " "}};
  for (const auto& [pattern, by] : changing) {
    text = std::regex_replace(text, std::regex(pattern), by);
  }
  // An error's metadata have no order.
  std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  std::sort(lines.begin(), lines.end());
  return absl::StrJoin(lines, "\n");
}

// With CRM_WRITE_WALK set it prints what is shown now, to be put into the page.
TEST(LeadWalkTest, ThePageShowsWhatHappens) {
  const std::vector<Block> blocks = BlocksOf(SourceFolder() + "/docs/lead_walk.md");
  ASSERT_GT(blocks.size(), 5u);
  const Stack stack;
  std::string script = absl::StrCat("set -uo pipefail\n", stack.Source());
  for (const Block& block : blocks) absl::StrAppend(&script, "echo '@@'\n", block.typed);
  const Outcome walk = RunScript(script);
  EXPECT_EQ(walk.code, 0) << walk.output;
  std::vector<std::string> shown = absl::StrSplit(walk.output, "@@\n");
  shown.erase(shown.begin());
  ASSERT_EQ(shown.size(), blocks.size()) << walk.output;
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (std::getenv("CRM_WRITE_WALK") != nullptr) {
      std::printf("$ %s%s\n", blocks[i].typed.c_str(), shown[i].c_str());
    }
    EXPECT_EQ(Same(shown[i]), Same(blocks[i].shown)) << blocks[i].typed;
  }
}

}  // namespace
}  // namespace crm::testing
