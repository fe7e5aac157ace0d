#include <gtest/gtest.h>

#include "common/redis/connection.h"
#include "common/redis/reply.h"

namespace crm::redis {
namespace {

TEST(RedisAddress, HasDefaultsForAllButTheHost) {
  const auto address = Address::Parse("redis://cache.example");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->host, "cache.example");
  EXPECT_EQ(address->port, 6379);
  EXPECT_EQ(address->db, 0);
  EXPECT_TRUE(address->user.empty());
}

TEST(RedisAddress, ReadsAllParts) {
  const auto address = Address::Parse("redis://relay:p%40ss%3A@10.0.0.1:7000/3");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(address->host, "10.0.0.1");
  EXPECT_EQ(address->port, 7000);
  EXPECT_EQ(address->user, "relay");
  EXPECT_EQ(address->password, "p@ss:");
  EXPECT_EQ(address->db, 3);
}

TEST(RedisAddress, AllowsAPasswordWithoutAUser) {
  const auto address = Address::Parse("redis://:secret@localhost/");
  ASSERT_TRUE(address.ok());
  EXPECT_TRUE(address->user.empty());
  EXPECT_EQ(address->password, "secret");
}

TEST(RedisAddress, RefusesWhatIsNoneWithoutRepeatingIt) {
  for (const char* text : {"", "redis://", "http://host", "redis://host:0", "redis://host:x",
                           "redis://host:70000", "redis://host/x", "redis://host/-1",
                           "redis://secret@host", "redis://u:%4@host", "redis://u:%zz@host"}) {
    const auto address = Address::Parse(text);
    ASSERT_FALSE(address.ok()) << text;
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(address.status().message().find("secret"), absl::string_view::npos);
  }
}

TEST(RedisError, KeepsItsPrefixAndGetsACode) {
  const absl::Status oom = StatusOfError("OOM command not allowed when used memory > 'maxmemory'.");
  EXPECT_EQ(oom.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrorPrefix(oom), "OOM");
  EXPECT_EQ(StatusOfError("READONLY You can't write").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(StatusOfError("LOADING Redis is loading").code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(StatusOfError("NOSCRIPT No matching script").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(StatusOfError("NOGROUP No such key").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(StatusOfError("WRONGTYPE Operation").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(StatusOfError("ERR syntax error").code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ErrorPrefix(absl::UnavailableError("OOM")), "");
}

}  // namespace
}  // namespace crm::redis
