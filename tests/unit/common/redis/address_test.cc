#include "common/redis/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crm::redis {
namespace {

TEST(RedisAddress, HasDefaultsForAllButTheHost) {
  const auto address = Address::Parse("redis://cache.example");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->place.host, "cache.example");
  EXPECT_EQ(address->place.port, 6379);
  EXPECT_EQ(address->db, 0);
  EXPECT_TRUE(address->login.user.empty());
}

TEST(RedisAddress, ReadsAllParts) {
  const auto address = Address::Parse("redis://relay:p%40ss%3A@10.0.0.1:7000/3");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->place.host, "10.0.0.1");
  EXPECT_EQ(address->place.port, 7000);
  EXPECT_EQ(address->login.user, "relay");
  EXPECT_EQ(address->login.password, "p@ss:");
  EXPECT_EQ(address->db, 3);
}

TEST(RedisAddress, AllowsAPasswordWithoutAUser) {
  const auto address = Address::Parse("redis://:secret@localhost/");
  ASSERT_TRUE(address.ok());
  EXPECT_TRUE(address->login.user.empty());
  EXPECT_EQ(address->login.password, "secret");
}

TEST(RedisAddress, TakesAnIpv6AddressInBrackets) {
  const auto address = Address::Parse("redis://:secret@[2001:db8::1]:7000/2");
  ASSERT_TRUE(address.ok()) << address.status();
  EXPECT_EQ(address->place.host, "2001:db8::1");
  EXPECT_EQ(address->place.port, 7000);
  EXPECT_EQ(address->db, 2);
  EXPECT_EQ(Address::Parse("redis://[::1]")->place.host, "::1");
  EXPECT_EQ(Address::Parse("redis://[::1]")->place.port, 6379);
}

TEST(RedisAddress, SaysWhatIsWrongWithoutRepeatingIt) {
  constexpr std::pair<const char*, const char*> kWrong[] = {
      {"", "redis://"},
      {"http://host", "redis://"},
      {"rediss://host", "redis://"},
      {"localhost:6379", "redis://"},
      {"redis://", "host"},
      {"redis://:6379", "host"},
      {"redis://host:0", "port"},
      {"redis://host:x", "port"},
      {"redis://host:", "port"},
      {"redis://host:70000", "port"},
      {"redis://[::1]6379", "port"},
      {"redis://host/x", "database"},
      {"redis://host/-1", "database"},
      {"redis://host/0?timeout=1", "database"},
      {"redis://::1:6379/0", "host"},
      {"redis://fe80::1", "brackets"},
      {"redis://[::1:6379/0", "bracket"},
      {"redis://[host]:6379/0", "IPv6"},
      {"redis://secret@host", "password"},
      {"redis://u:secret%4@host", "percent"},
      {"redis://u:secret%zz@host", "percent"},
  };
  for (const auto& [url, why] : kWrong) {
    const auto address = Address::Parse(url);
    ASSERT_FALSE(address.ok()) << url;
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(address.status().message()), ::testing::HasSubstr(why)) << url;
    EXPECT_EQ(address.status().message().find("secret"), absl::string_view::npos);
  }
}

}  // namespace
}  // namespace crm::redis
