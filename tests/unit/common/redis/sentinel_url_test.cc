#include "common/redis/sentinel_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crm::redis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SentinelUrl, HasDefaultsForAllButHostAndName) {
  const auto url = SentinelUrl::Parse("redis+sentinel://sentinel.example/crm");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_THAT(url->sentinels, ElementsAre(Place{"sentinel.example", 26379}));
  EXPECT_EQ(url->primary, "crm");
  EXPECT_EQ(url->db, 0);
  EXPECT_EQ(url->login.password, "");
  EXPECT_EQ(url->sentinel_login.password, "");
}

TEST(SentinelUrl, ReadsAllParts) {
  const auto url = SentinelUrl::Parse(
      "redis+sentinel://relay:p%40ss@10.0.0.1:7000,[2001:db8::1]:7001,c/my-primary.1/3"
      "?sentinel_username=watch%3A&sentinel_password=%3Fs%26t");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_THAT(url->sentinels,
              ElementsAre(Place{"10.0.0.1", 7000}, Place{"2001:db8::1", 7001}, Place{"c", 26379}));
  EXPECT_EQ(url->primary, "my-primary.1");
  EXPECT_EQ(url->db, 3);
  EXPECT_EQ(url->login.user, "relay");
  EXPECT_EQ(url->login.password, "p@ss");
  EXPECT_EQ(url->sentinel_login.user, "watch:");
  EXPECT_EQ(url->sentinel_login.password, "?s&t");
}

TEST(SentinelUrl, SaysWhatIsWrongWithoutRepeatingIt) {
  constexpr std::pair<const char*, const char*> kWrong[] = {
      {"redis://host", "redis+sentinel://"},
      {"redis+sentinel://", "host is missing"},
      {"redis+sentinel:///crm", "host is missing"},
      {"redis+sentinel://host", "name, behind the slash, is missing"},
      {"redis+sentinel://host/", "name, behind the slash, is missing"},
      {"redis+sentinel://host//0", "name, behind the slash, is missing"},
      {"redis+sentinel://host/two%20words", "name may have letters"},
      {"redis+sentinel://host:0/crm", "Sentinel 1: the port"},
      {"redis+sentinel://a,b:x/crm", "Sentinel 2: the port"},
      {"redis+sentinel://a,,c/crm", "Sentinel 2: the host"},
      {"redis+sentinel://a,::1/crm", "Sentinel 2: the host"},
      {"redis+sentinel://host/crm/first", "database"},
      {"redis+sentinel://secret@host/crm", "password"},
      {"redis+sentinel://u:secret%zz@host/crm", "percent"},
      {"redis+sentinel://host/crm?password=secret", "parameters are"},
      {"redis+sentinel://host/crm?sentinel_password=secret%", "sentinel_password is not percent"},
      {"redis+sentinel://host/crm?sentinel_username=secret", "needs sentinel_password"},
  };
  for (const auto& [url, why] : kWrong) {
    const auto read = SentinelUrl::Parse(url);
    ASSERT_FALSE(read.ok()) << url;
    EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(why)) << url;
    EXPECT_THAT(std::string(read.status().message()), Not(HasSubstr("secret"))) << url;
  }
}

TEST(SentinelUrl, SaysAllThatIsWrong) {
  const auto read = SentinelUrl::Parse("redis+sentinel://user@a:0,b:x/%/y?z=1");
  const std::string text(read.status().message());
  for (const char* fault : {"user needs a password", "Sentinel 1", "Sentinel 2", "name may have",
                            "database", "parameters are"}) {
    EXPECT_THAT(text, HasSubstr(fault));
  }
}

TEST(CheckUrl, KnowsBothForms) {
  EXPECT_TRUE(CheckUrl("redis://host:1/0").ok());
  EXPECT_TRUE(CheckUrl("redis+sentinel://host/crm").ok());
  EXPECT_FALSE(CheckUrl("redis+sentinel://host").ok());
  EXPECT_THAT(std::string(CheckUrl("http://host").message()), HasSubstr("redis+sentinel://"));
}

}  // namespace
}  // namespace crm::redis
