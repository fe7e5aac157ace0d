// What is said of a command line that is not understood: all that is wrong with it.

#include "clients/crmctl/usage_error.h"

#include <gmock/gmock.h>

#include <string>

#include "common/error/error.h"

namespace crm::crmctl {
namespace {

using error::FieldViolation;
using ::testing::ElementsAre;

class UsageErrorTest : public ::testing::Test {
 protected:
  UsageErrorTest() {
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.add_option("-o,--output", text_)->check(CLI::IsMember({"table", "json"}));
    CLI::App* const group = app_.add_subcommand("lead");
    group->require_subcommand(1);
    group->fallthrough();
    CLI::App* const assess = group->add_subcommand("assess");
    assess->fallthrough();
    assess->add_option("name", text_)->required();
    assess->add_option("--criterion", text_)->required();
    assess->add_option("--finding", text_)->required();
    CLI::App* const list = group->add_subcommand("list");
    list->fallthrough();
    list->add_option("--filter", text_);
    list->add_option("--limit", number_);
  }

  std::vector<FieldViolation> Violations(const std::string& line) {
    try {
      app_.parse(line);
    } catch (const CLI::ParseError& error) {
      status_ = UsageError(app_, error);
      return error::DetailsOf(status_)->fields;
    }
    ADD_FAILURE() << line << " is understood";
    return {};
  }

  CLI::App app_{"", "crmctl"};
  std::string text_;
  int number_ = 0;
  absl::Status status_;
};

TEST_F(UsageErrorTest, AWordThatIsNoCommandIsNamedWithTheCommandsThereAre) {
  EXPECT_THAT(
      Violations("lead lst"),
      ElementsAre(FieldViolation{
          "lst", "is no command of `crmctl lead`; did you mean list?; there are assess, list"}));
  EXPECT_THAT(
      Violations("frobnicate"),
      ElementsAre(FieldViolation{"frobnicate", "is no command of `crmctl`; there are lead"}));
}

TEST_F(UsageErrorTest, ACommandThatIsMissingIsAskedFor) {
  EXPECT_THAT(Violations("lead"), ElementsAre(FieldViolation{
                                      "crmctl lead", "needs a command; there are assess, list"}));
  EXPECT_EQ(error::DetailsOf(status_)->metadata,
            (std::vector<std::pair<std::string, std::string>>{{"help", "crmctl lead --help"}}));
}

TEST_F(UsageErrorTest, AFlagThatIsNoneIsNamedWithoutItsValue) {
  EXPECT_THAT(Violations("lead list --fitler x"),
              ElementsAre(FieldViolation{
                  "--fitler", "is no flag of `crmctl lead list`; did you mean --filter?"}));
  EXPECT_THAT(
      Violations("lead list --ouput=json --qqqq"),
      ElementsAre(FieldViolation{"--ouput=json",
                                 "is no flag of `crmctl lead list`; did you mean --output?"},
                  FieldViolation{"--qqqq", "is no flag of `crmctl lead list`"}));
}

TEST_F(UsageErrorTest, AllThatIsMissingIsSaidAtOnce) {
  EXPECT_THAT(
      Violations("lead assess --fnding=MET"),
      ElementsAre(FieldViolation{"--fnding=MET",
                                 "is no flag of `crmctl lead assess`; did you mean --finding?"},
                  FieldViolation{"name", "is required"},
                  FieldViolation{"--criterion", "is required"},
                  FieldViolation{"--finding", "is required"}));
}

TEST_F(UsageErrorTest, WordsTooManyAndWrongValuesAreSaid) {
  EXPECT_THAT(Violations("lead list extra"),
              ElementsAre(FieldViolation{"extra", "is one word too many for `crmctl lead list`"}));
  EXPECT_THAT(Violations("lead list -o xml"),
              ElementsAre(FieldViolation{"--output", "xml not in {table,json}"}));
}

}  // namespace
}  // namespace crm::crmctl
