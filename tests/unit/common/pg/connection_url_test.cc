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

TEST(WrongUrl, TakesWhatLibpqTakes) {
  constexpr const char* kGood[] = {
      "postgresql://",
      "postgres://crm_lead_app@/crm?host=%2Frun%2Fpostgresql",
      "postgresql://u:p%40ss@h:5432/d?sslmode=verify-full&sslrootcert=/etc/ca.pem",
      "postgresql://u:who?@h1:1,h2:2/d?target_session_attrs=read-write&connect_timeout=1",
      "postgresql://u@h1,h2:2/d",
      "postgresql://u@h1,h2/d?port=5",
      "postgresql://u@[fd00::1]:5432/d",
      "host=h port=5432 dbname=d password='a b://c'",
  };
  for (const char* const url : kGood) EXPECT_EQ(WrongUrl(url), std::nullopt) << url;
}

TEST(WrongUrl, TellsWhatIsWrongWithoutRepeatingIt) {
  constexpr std::pair<const char*, const char*> kWrong[] = {
      {"mysql://u:secret@h/d", "begin with postgresql://"},
      {"https://u:secret@h/d", "begin with postgresql://"},
      {"u:secret@h/d", "must be postgresql://user"},
      {"postgresql://u:secret%zz@h/d", "percent-encoded"},
      {"postgresql://u:secret@[::1/d", "must be postgresql://user"},
      {"password='secret", "must be postgresql://user"},
      {"postgresql://u:secret@h/d?secret=1", "does not know"},
      {"host=h secret=1", "does not know"},
      {"postgresql://u:secret@h:port/d", "ports"},
      {"postgresql://u:secret@h:65536/d", "ports"},
      {"postgresql://u:secret@h:0/d", "ports"},
      {"postgresql://u:secret@h1,h2,h3/d?port=1,2", "one port for each host"},
      {"postgresql://u:secret@h/d?sslmode=secret", "sslmode"},
      {"postgresql://u:secret@h/d?target_session_attrs=secret", "read-write"},
  };
  for (const auto& [url, why] : kWrong) {
    const std::string problem = WrongUrl(url).value_or("nothing");
    EXPECT_THAT(problem, ::testing::HasSubstr(why)) << url;
    EXPECT_THAT(problem, ::testing::Not(::testing::HasSubstr("secret"))) << url;
  }
}

}  // namespace
}  // namespace crm::pg
