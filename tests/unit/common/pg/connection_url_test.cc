#include "common/pg/connection_url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crm::pg {
namespace {

// What is put into the URL, in the form of a query.
std::string Patience() {
  const std::string whole = WithPatience("postgresql://h/d");
  return whole.substr(whole.find('?') + 1);
}

TEST(WithPatience, LimitsConnectingAndSilence) {
  EXPECT_THAT(Patience(), ::testing::ContainsRegex("connect_timeout=[1-9].*keepalives=1.*"
                                                   "tcp_user_timeout=[1-9]"));
}

// libpq takes the last of several settings of one name.
TEST(WithPatience, PutsItsOwnBeforeWhatTheUrlSays) {
  const std::string own = Patience();
  EXPECT_EQ(WithPatience("postgres://u@h/d?connect_timeout=9"),
            "postgres://u@h/d?" + own + "&connect_timeout=9");
  EXPECT_EQ(WithPatience("postgresql://u@/d?host=/tmp&port=5"),
            "postgresql://u@/d?" + own + "&host=/tmp&port=5");
  EXPECT_EQ(WithPatience("postgresql://u:who?@h1:1,h2:2/d?a=b"),
            "postgresql://u:who?@h1:1,h2:2/d?" + own + "&a=b");
  EXPECT_EQ(WithPatience("postgresql://"), "postgresql://?" + own);
}

TEST(WithPatience, KnowsKeywordStrings) {
  EXPECT_THAT(WithPatience("host=h connect_timeout=9"),
              ::testing::MatchesRegex("connect_timeout=[^&?]* host=h connect_timeout=9"));
}

}  // namespace
}  // namespace crm::pg
