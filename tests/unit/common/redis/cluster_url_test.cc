#include "common/redis/cluster_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/redis/cluster.h"
#include "common/redis/sentinel_url.h"

namespace crm::redis {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ClusterUrl, ReadsAllParts) {
  const auto url =
      ClusterUrl::Parse("redis+cluster://relay:p%40ss@a.example,b.example:7001,[::1]:7002/");
  ASSERT_TRUE(url.ok()) << url.status();
  EXPECT_EQ(url->login.user, "relay");
  EXPECT_EQ(url->login.password, "p@ss");
  ASSERT_EQ(url->nodes.size(), 3u);
  EXPECT_EQ(url->nodes[0], (Place{"a.example", 6379}));
  EXPECT_EQ(url->nodes[1], (Place{"b.example", 7001}));
  EXPECT_EQ(url->nodes[2], (Place{"::1", 7002}));
  EXPECT_TRUE(CheckUrl("redis+cluster://a").ok());
}

TEST(ClusterUrl, SaysAllThatIsWrongWithoutRepeatingIt) {
  const auto read = ClusterUrl::Parse("redis+cluster://user@a:0,secret:x/3");
  const std::string message(read.status().message());
  EXPECT_THAT(message, HasSubstr("node 1: "));
  EXPECT_THAT(message, HasSubstr("node 2: "));
  EXPECT_THAT(message, HasSubstr("a cluster has database 0 alone"));
  EXPECT_THAT(message, Not(HasSubstr("secret")));
  EXPECT_FALSE(ClusterUrl::Parse("redis://a").ok());
  EXPECT_FALSE(CheckUrl("redis+cluster://").ok());
}

TEST(MovedTo, NamesTheNode) {
  EXPECT_EQ(MovedTo("MOVED 3999 10.0.0.7:6381", "a"), (Place{"10.0.0.7", 6381}));
  EXPECT_EQ(MovedTo("MOVED 3999 ::1:6381", "a"), (Place{"::1", 6381}));
  EXPECT_EQ(MovedTo("MOVED 3999 :6381", "a"), (Place{"a", 6381})) << "as who said so";
  for (const char* const other : {"ASK 3999 10.0.0.7:6381", "MOVED 3999", "MOVED 3999 a:0",
                                  "MOVED 3999 a:70000", "MOVED 3999 a:b", "OOM", ""}) {
    EXPECT_EQ(MovedTo(other, "a"), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace crm::redis
