// A program that is given wrong addresses says so at once, instead of trying them for ever.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/serving/service.h"

namespace crm::serving {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Outcome {
  int code;
  std::string errors;
};

// A service that ends at once where it would begin to serve.
Outcome Start(std::vector<std::string> words) {
  ServiceDefinition definition;
  definition.name = "test";
  definition.make = [](const Process&) { return absl::InternalError("it got as far as this"); };
  words.insert(words.begin(), "crm-test");
  words.insert(words.end(), {"--database-url=postgresql://127.0.0.1:1/none", "--log-level=off"});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  ::testing::internal::CaptureStderr();
  const int code = Run(static_cast<int>(arguments.size()), arguments.data(), definition);
  return {code, ::testing::internal::GetCapturedStderr()};
}

TEST(RedisUrl, IsCheckedAtTheStart) {
  constexpr std::pair<const char*, const char*> kWrong[] = {
      {"http://localhost:6379/0", "begin with redis://"},
      {"redis://localhost:port/0", "port"},
      {"redis://localhost:6379/first", "database"},
      {"redis://::1/0", "host"},
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
  EXPECT_THAT(Start({}).errors, HasSubstr("redis-url is required"));
  EXPECT_EQ(Start({"events", "reconcile", "--accept-divergence"}).code, 2);
  EXPECT_THAT(Start({"migrate"}).errors, Not(HasSubstr("redis-url")));
}

TEST(RedisUrl, MayHoldAnIpv6Address) {
  const Outcome outcome = Start({"serve", "--redis-url=redis://[::1]:6379/0"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, IsEmpty());
}

}  // namespace
}  // namespace crm::serving
