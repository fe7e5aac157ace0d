#include "common/log/log.h"

#include <absl/strings/str_split.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <cstdlib>
#include <limits>
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
    Init("lead", Level::kInfo, [this](absl::string_view lines) {
      for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipEmpty())) {
        lines_.emplace_back(line);
      }
    });
  }
  ~LogTest() override { Init("-", Level::kInfo); }

  const std::vector<std::string>& Lines() {
    EXPECT_TRUE(Flush(absl::Seconds(30)));
    return lines_;
  }
  nlohmann::json Last() { return nlohmann::json::parse(Lines().back()); }

 private:
  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesOneJsonObjectPerLine) {
  Info("served", {{"method", "GetLead"}, {"calls", 3}, {"seconds", absl::Milliseconds(250)}});
  ASSERT_EQ(1u, Lines().size());
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
  Write(Level::kDebug, "hidden", {});
  Info("shown");
  Write(Level::kOff, "hidden", {});
  EXPECT_EQ(1u, Lines().size());
}

TEST_F(LogTest, KeepsLinesOfManyThreadsWhole) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 100; ++i) Info("line", {{"thread", t}, {"i", i}});
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_EQ(400u, Lines().size());
  for (const auto& line : Lines()) EXPECT_TRUE(nlohmann::json::accept(line));
}

TEST(LogDeathTest, WhatWaitsIsWrittenAtTheEndAndAtFatalErrors) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto after_a_line = [](auto end) {
    Info("a last line");
    end();
  };
  EXPECT_EXIT(after_a_line([] { std::exit(3); }), ::testing::ExitedWithCode(3), "a last line");
  EXPECT_EXIT(after_a_line([] { std::abort(); }), ::testing::KilledBySignal(SIGABRT),
              "a last line");
  EXPECT_EXIT(after_a_line([] { raise(SIGILL); }), ::testing::KilledBySignal(SIGILL),
              "a last line");
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
