#include "common/rpc/call_context.h"

namespace crm::rpc {
namespace {

TEST(CallContextTest, IdentitiesAreShortAndPlain) {
  EXPECT_TRUE(IsIdentity("acme", 64));
  EXPECT_TRUE(IsIdentity("ann.lee@example.com:team-1_x", 64));
  EXPECT_TRUE(IsIdentity(std::string(64, 'a'), 64));
  EXPECT_FALSE(IsIdentity(std::string(65, 'a'), 64));
  EXPECT_FALSE(IsIdentity("", 64));
  EXPECT_FALSE(IsIdentity("a b", 64));
  EXPECT_FALSE(IsIdentity("a,b", 64));
  EXPECT_FALSE(IsIdentity("caf\xc3\xa9", 64));
}

TEST(CallContextTest, TraceparentIsVersionZeroWithNonZeroIds) {
  EXPECT_TRUE(IsTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_FALSE(IsTraceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_FALSE(IsTraceparent("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_FALSE(IsTraceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01"));
  EXPECT_FALSE(IsTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"));
  EXPECT_FALSE(IsTraceparent(""));
}

}  // namespace
}  // namespace crm::rpc
