// A program that is given wrong addresses says so at once, instead of trying them for ever.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/serving/common_options.h"
#include "common/serving/program.h"
#include "common/serving/service.h"

namespace crm::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

struct Outcome {
  int code;
  std::string errors;
};

constexpr char kDatabase[] = "--database-url=postgresql://127.0.0.1:1/none";

// Runs a service that ends at once where it would begin to serve.
Outcome RunService(ServiceDefinition definition, std::vector<std::string> words) {
  definition.name = "test";
  definition.make = [](const Process&) { return absl::InternalError("it got as far as this"); };
  words.insert(words.begin(), "crm-test");
  words.push_back("--log-level=off");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  ::testing::internal::CaptureStderr();
  const int code = Run(static_cast<int>(arguments.size()), arguments.data(), definition);
  return {code, ::testing::internal::GetCapturedStderr()};
}

Outcome Start(std::vector<std::string> words) {
  words.push_back(kDatabase);
  return RunService({}, std::move(words));
}

TEST(RedisUrl, IsCheckedAtTheStart) {
  constexpr std::pair<const char*, const char*> kWrong[] = {
      {"http://localhost:6379/0", "begin with redis://"},
      {"redis://localhost:port/0", "port"},
      {"redis://localhost:6379/first", "database"},
      {"redis://::1/0", "host"},
      {"redis+sentinel://localhost:port/", "port"},
      {"redis+sentinel://localhost:port/", "name"},
  };
  for (const auto& [url, why] : kWrong) {
    const Outcome outcome = Start({"serve", std::string("--redis-url=") + url});
    EXPECT_EQ(outcome.code, 2) << url;
    EXPECT_THAT(outcome.errors, HasSubstr("redis-url is wrong")) << url;
    EXPECT_THAT(outcome.errors, HasSubstr(why)) << url;
  }
}

TEST(RedisUrl, IsNotRepeatedSinceItMayHoldAPassword) {
  EXPECT_THAT(Start({"serve", "--redis-url=redis://:secret@localhost:0"}).errors,
              Not(HasSubstr("secret")));
}

TEST(RedisUrl, IsNeededByThoseWhoPublish) {
  EXPECT_EQ(Start({"serve"}).code, 2);
  EXPECT_THAT(Start({}).errors, HasSubstr("--redis-url or CRM_REDIS_URL is required"));
  EXPECT_EQ(Start({"events", "reconcile", "--accept-divergence"}).code, 2);
  EXPECT_THAT(Start({"migrate"}).errors, Not(HasSubstr("redis-url")));
}

TEST(RedisUrl, MayHoldAnIpv6Address) {
  const Outcome outcome = Start({"serve", "--redis-url=redis://[::1]:6379/0"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, IsEmpty());
}

// The lines that the program says about wrong flags, without the beginning that all have.
std::vector<std::string> Problems(const Outcome& outcome) {
  std::vector<std::string> lines = absl::StrSplit(outcome.errors, '\n', absl::SkipEmpty());
  for (std::string& line : lines) line = std::string(absl::StripPrefix(line, "crm-test: "));
  return lines;
}

TEST(WrongFlags, AllAreToldTogether) {
  std::string lead;
  ServiceDefinition definition;
  definition.neighbours = {{"lead", "", &lead}};
  const Outcome outcome = RunService(
      definition,
      {"serve", "--listen=127.0.0.1:99999", "--metrics-listen=[::]:9090", "--health-listen=:8081",
       "--database-url=mysql://u:secret@h/d", "--relay-database-url=postgresql://u:secret@h:0/d",
       "--migrate-database-url=postgresql://u:secret@h/d?sslmode=yes",
       "--redis-url=redis://secret@", "--lead-address=lead", "--cpu=many", "--read-workers=65"});
  EXPECT_EQ(outcome.code, kWrongUse);
  EXPECT_THAT(Problems(outcome),
              UnorderedElementsAre(
                  StartsWith("--listen must be host:port"), StartsWith("--metrics-listen must be"),
                  StartsWith("--health-listen must be host:port"),
                  StartsWith("--database-url must begin with postgresql://"),
                  StartsWith("--relay-database-url must have ports"),
                  StartsWith("--migrate-database-url must have one of"),
                  StartsWith("--redis-url is wrong"), StartsWith("--lead-address must be"),
                  StartsWith("--cpu must be"), StartsWith("--read-workers must be")));
  EXPECT_THAT(outcome.errors, Not(HasSubstr("secret")));
}

TEST(WrongFlags, NeighboursAreNeededToServeOnly) {
  std::string lead;
  ServiceDefinition definition;
  definition.neighbours = {{"lead", "", &lead}};
  EXPECT_THAT(Problems(RunService(definition, {"serve", kDatabase})),
              UnorderedElementsAre(HasSubstr("--redis-url"), "--lead-address is required"));
  EXPECT_EQ(RunService(definition, {"migrate", kDatabase}).code, kFailed);
}

TEST(WrongFlags, TwoListenersDoNotShareAnAddress) {
  EXPECT_THAT(
      Start({"migrate", "--listen=127.0.0.1:7001", "--health-listen=127.0.0.1:7001"}).errors,
      HasSubstr("--listen and --health-listen are the same address"));
  EXPECT_EQ(Start({"migrate", "--listen=127.0.0.1:0", "--health-listen=127.0.0.1:0"}).code,
            kFailed);
}

TEST(WrongFlags, LookingOnlyBelongsToMigrate) {
  EXPECT_EQ(Start({"serve", "--redis-url=redis://h", "--check"}).code, kWrongUse);
  EXPECT_EQ(Start({"migrate", "--check", "--dry-run"}).code, kWrongUse);
  EXPECT_EQ(Start({"migrate", "--check"}).code, kFailed);
  EXPECT_EQ(Start({"migrate", "--dry-run"}).code, kFailed);
}

TEST(Help, NamesCommandsExitCodesFlagsAndVariables) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(Start({"--help"}).code, 0);
  const std::string help = ::testing::internal::GetCapturedStdout();
  for (const char* const part :
       {"migrate --check", "migrate --dry-run", "events reconcile", "Exit codes", "--health-listen",
        "CRM_HEALTH_LISTEN", "--cpu", "CRM_LOCK_TIMEOUT", "CRM_DATABASE_URL"}) {
    EXPECT_THAT(help, HasSubstr(part));
  }
}

TEST(WorkerCounts, FollowTheCpuWhereTheyAreNotGiven) {
  CommonOptions options;
  options.cpu = "6000m";
  EXPECT_EQ(options.Cpu(), 6);
  EXPECT_EQ(options.WorkerCounts().read, 6);
  EXPECT_EQ(options.WorkerCounts().own, 3);
  options.read_workers = 1;
  options.own_workers = 9;
  EXPECT_EQ(options.WorkerCounts().read, 1);
  EXPECT_EQ(options.WorkerCounts().write, 6);
  EXPECT_EQ(options.WorkerCounts().own, 9);
}

TEST(WorkerCounts, ThePoolHasAConnectionForEachAndFourMore) {
  ServiceDefinition definition;
  definition.name = "test";
  definition.own_lanes = 2;
  CommonOptions options;
  options.database_url = "postgresql://127.0.0.1:1/none";
  options.cpu = "4";
  EXPECT_EQ(Program(definition, options).process().pool.size(), 4 + 4 + 2 * 2 + 4);
}

}  // namespace
}  // namespace crm::serving
