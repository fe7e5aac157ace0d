#include "common/log/log.h"

#include <gtest/gtest.h>

#include <limits>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "common/log/json_line.h"

namespace crm::log {
namespace {

class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    Init("lead", Level::kInfo, [this](absl::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override { Init("-", Level::kInfo); }

  nlohmann::json Last() const { return nlohmann::json::parse(lines_.at(lines_.size() - 1)); }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesOneJsonObjectPerLine) {
  Info("served", {{"method", "GetLead"}, {"calls", 3}, {"seconds", absl::Milliseconds(250)}});
  ASSERT_EQ(1u, lines_.size());
  EXPECT_EQ('\n', lines_[0].back());
  EXPECT_EQ(lines_[0].size() - 1, lines_[0].find('\n'));
  const auto line = Last();
  EXPECT_EQ("info", line["level"]);
  EXPECT_EQ("lead", line["service"]);
  EXPECT_EQ("served", line["msg"]);
  EXPECT_EQ("GetLead", line["method"]);
  EXPECT_EQ(3, line["calls"]);
  EXPECT_EQ(0.25, line["seconds"]);
}

TEST_F(LogTest, EscapesWhatJsonCannotHold) {
  Warning("a\"b\\c\n\t\x01", {{"k\"", "Zo\u00eb"}, {"broken", "x\xff"}});
  const auto line = Last();
  EXPECT_EQ("warning", line["level"]);
  EXPECT_EQ("a\"b\\c\n\t\x01", line["msg"]);
  EXPECT_EQ("Zo\u00eb", line["k\""]);
  EXPECT_EQ("x\ufffd", line["broken"]);
}

TEST_F(LogTest, KeepsTheKindsOfValues) {
  const std::string text = "text";
  Error("values", {{"text", text},
                   {"view", absl::string_view("view")},
                   {"yes", true},
                   {"big", std::numeric_limits<uint64_t>::max()},
                   {"small", std::numeric_limits<int64_t>::min()},
                   {"nan", std::numeric_limits<double>::quiet_NaN()}});
  const auto line = Last();
  EXPECT_EQ("text", line["text"]);
  EXPECT_EQ("view", line["view"]);
  EXPECT_EQ(true, line["yes"]);
  EXPECT_EQ(std::numeric_limits<uint64_t>::max(), line["big"].get<uint64_t>());
  EXPECT_EQ(std::numeric_limits<int64_t>::min(), line["small"].get<int64_t>());
  EXPECT_TRUE(line["nan"].is_null());
}

TEST_F(LogTest, WritesNothingBelowTheLevel) {
  Debug("hidden");
  EXPECT_TRUE(lines_.empty());
  SetLevel(Level::kDebug);
  Debug("shown");
  SetLevel(Level::kOff);
  Error("hidden");
  EXPECT_EQ(1u, lines_.size());
}

TEST_F(LogTest, KeepsLinesOfManyThreadsWhole) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 100; ++i) Info("line", {{"thread", t}, {"i", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(400u, lines_.size());
  for (const auto& line : lines_) EXPECT_TRUE(nlohmann::json::accept(line));
}

TEST(JsonLine, WritesTheTimeInUtcToTheMicrosecond) {
  const std::string line =
      JsonLine(absl::FromUnixMicros(1767225600000042), Level::kInfo, "s", "m", {});
  EXPECT_EQ(
      "{\"time\":\"2026-01-01T00:00:00.000042Z\",\"level\":\"info\",\"service\":\"s\","
      "\"msg\":\"m\"}\n",
      line);
}

TEST(Level, IsReadFromItsName) {
  EXPECT_EQ(Level::kWarning, ParseLevel("warning"));
  EXPECT_EQ(std::nullopt, ParseLevel("loud"));
}

}  // namespace
}  // namespace crm::log
