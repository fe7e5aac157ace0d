#include "common/config/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace crm::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class OptionsTest : public ::testing::Test {
 protected:
  OptionsTest() {
    options_.Text("listen", "where to listen", &listen_)
        .Secret("database", "connection string", &database_, Options::Need::kRequired)
        .Number("workers", "threads", &workers_, 1, 64)
        .Time("drain-delay", "wait", &delay_, absl::ZeroDuration(), absl::Minutes(1))
        .Switch("tls", "encrypt", &tls_)
        .List("hosts", "neighbours", &hosts_)
        .Choice("level", "log level", &level_, {"info", "error"});
  }
  ~OptionsTest() override {
    unsetenv("CRM_WORKERS");
    unsetenv("CRM_TLS");
    unsetenv("CRM_DATABASE");
  }

  std::string listen_ = "0.0.0.0:1";
  std::string database_;
  int workers_ = 4;
  absl::Duration delay_ = absl::Seconds(5);
  bool tls_ = false;
  std::vector<std::string> hosts_;
  std::string level_ = "info";
  Options options_{"crm-test", "A test."};
};

TEST_F(OptionsTest, KeepsDefaultsAndReadsFlags) {
  const auto outcome = options_.Parse({"--database", "x=y", "--workers=8", "--drain-delay", "250ms",
                                       "--tls", "--hosts", "a,b,,c", "--level=error"});
  EXPECT_THAT(outcome.problems, IsEmpty());
  EXPECT_EQ("0.0.0.0:1", listen_);
  EXPECT_EQ("x=y", database_);
  EXPECT_EQ(8, workers_);
  EXPECT_EQ(absl::Milliseconds(250), delay_);
  EXPECT_TRUE(tls_);
  EXPECT_THAT(hosts_, ElementsAre("a", "b", "c"));
  EXPECT_EQ("error", level_);
}

TEST_F(OptionsTest, ReadsTheEnvironmentUnlessTheFlagIsGiven) {
  setenv("CRM_WORKERS", "16", 1);
  setenv("CRM_TLS", "true", 1);
  setenv("CRM_DATABASE", "from-env", 1);
  EXPECT_THAT(options_.Parse({"--workers", "2"}).problems, IsEmpty());
  EXPECT_EQ(2, workers_);
  EXPECT_TRUE(tls_);
  EXPECT_EQ("from-env", database_);
}

TEST_F(OptionsTest, TheLastOfRepeatedFlagsCounts) {
  EXPECT_THAT(options_.Parse({"--database=d", "--workers=2", "--workers=3", "--tls", "--tls=false"})
                  .problems,
              IsEmpty());
  EXPECT_EQ(3, workers_);
  EXPECT_FALSE(tls_);
}

TEST_F(OptionsTest, ReportsEveryProblemAtOnce) {
  setenv("CRM_TLS", "perhaps", 1);
  const auto outcome =
      options_.Parse({"--workers=0", "--drain-delay=5", "--level=loud", "--nonsense", "stray"});
  EXPECT_THAT(outcome.problems,
              ::testing::UnorderedElementsAre(
                  HasSubstr("unknown argument --nonsense"), HasSubstr("unknown argument stray"),
                  HasSubstr("--database or CRM_DATABASE is required"),
                  HasSubstr("--workers must be a whole number from 1 to 64"),
                  HasSubstr("--drain-delay must be a duration"), HasSubstr("--tls must be true"),
                  HasSubstr("--level must be one of info, error")));
  EXPECT_EQ(4, workers_);
}

TEST_F(OptionsTest, AFlagWithoutItsValueIsAProblem) {
  setenv("CRM_DATABASE", "from-env", 1);
  EXPECT_THAT(options_.Parse({"--workers"}).problems, ElementsAre(HasSubstr("--workers")));
}

TEST_F(OptionsTest, AsksTheRulesOnceAllIsRead) {
  options_.Check([this]() -> std::optional<std::string> {
    if (tls_ && hosts_.empty()) return "--tls needs --hosts";
    return std::nullopt;
  });
  EXPECT_THAT(options_.Parse({"--database=d", "--tls"}).problems,
              ElementsAre("--tls needs --hosts"));
  EXPECT_THAT(options_.Parse({"--database=d", "--tls", "--hosts=a"}).problems, IsEmpty());
}

TEST_F(OptionsTest, TheRulesAreAskedBesideWrongValuesToo) {
  options_.Check([] { return std::optional<std::string>("a rule is broken"); });
  EXPECT_THAT(options_.Parse({"--database=d", "--workers=0"}).problems,
              ElementsAre(HasSubstr("--workers must"), "a rule is broken"));
}

TEST_F(OptionsTest, ATextMayHaveARule) {
  std::string even = "ab";
  options_.Text("even", "an even text", &even, Options::Need::kOptional,
                [](const std::string& text) -> std::optional<std::string> {
                  if (text.size() % 2 == 0) return std::nullopt;
                  return "must be even";
                });
  EXPECT_THAT(options_.Parse({"--database=d", "--even=abcd"}).problems, IsEmpty());
  EXPECT_THAT(options_.Parse({"--database=d", "--even=abc"}).problems,
              ElementsAre("--even must be even"));
}

TEST_F(OptionsTest, ListsAreReadFromTheEnvironmentToo) {
  setenv("CRM_HOSTS", "a, b,,c", 1);
  EXPECT_THAT(options_.Parse({"--database=d"}).problems, IsEmpty());
  unsetenv("CRM_HOSTS");
  EXPECT_THAT(hosts_, ElementsAre("a", "b", "c"));
}

TEST_F(OptionsTest, AnUnknownArgumentIsNamedWithoutItsValue) {
  const auto outcome = options_.Parse({"--database=d", "--databse-url=postgresql://u:secret@h/d",
                                       "postgresql://u:secret@h/d", "u:secret@h"});
  EXPECT_THAT(outcome.problems, ::testing::SizeIs(3));
  for (const std::string& problem : outcome.problems) {
    EXPECT_THAT(problem, HasSubstr("unknown argument"));
    EXPECT_THAT(problem, Not(HasSubstr("secret")));
  }
  EXPECT_THAT(outcome.problems[0], HasSubstr("--databse-url"));
}

TEST_F(OptionsTest, HelpNamesFlagsVariablesAndDefaultsButNoSecret) {
  EXPECT_TRUE(options_.Parse({"--help"}).help);
  EXPECT_THAT(options_.Help(), HasSubstr("--drain-delay"));
  EXPECT_THAT(options_.Help(), HasSubstr("CRM_DRAIN_DELAY"));
  EXPECT_THAT(options_.Help(), HasSubstr("0.0.0.0:1"));
  EXPECT_THAT(options_.Help(), HasSubstr("connection string; required"));
  std::string secret = "swordfish";
  Options options("p", "d");
  options.Secret("password", "the password", &secret);
  EXPECT_THAT(options.Help(), Not(HasSubstr("swordfish")));
}

}  // namespace
}  // namespace crm::config
