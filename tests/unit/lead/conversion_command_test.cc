#include "services/lead/conversion/conversion_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/unit/lead/fake_conversion_store.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using ::testing::ElementsAre;
using testing::IdOf;
using testing::kStart;

class ConversionCommandTest : public ::testing::Test {
 protected:
  absl::Status Run(const std::vector<std::string>& words) {
    return RunConversions(store_, clock_, words);
  }

  crm::testing::FakeClock clock_{kStart};
  testing::FakeConversionStore store_;
};

TEST_F(ConversionCommandTest, ListsOneALine) {
  store_.stuck = {{"acme", IdOf(1), IdOf(2), IdOf(3), 17, "PERMISSION_DENIED", kStart, kStart}};
  ::testing::internal::CaptureStdout();
  EXPECT_TRUE(Run({"list"}).ok());
  EXPECT_EQ(
      ::testing::internal::GetCapturedStdout(),
      absl::StrCat(IdOf(1).ToString(), "\tacme\tleads/", IdOf(2).ToString(), "\topportunities/",
                   IdOf(3).ToString(), "\t17\tPERMISSION_DENIED\t2026-01-05T00:00:00+00:00\n"));
}

TEST_F(ConversionCommandTest, RetriesOneOrAllAndGivesUpOne) {
  store_.stuck.resize(2);
  ::testing::internal::CaptureStdout();
  EXPECT_TRUE(Run({"retry", IdOf(1).ToString()}).ok());
  EXPECT_THAT(store_.resumed, ElementsAre(IdOf(1)));
  EXPECT_TRUE(Run({"retry", "all"}).ok());
  EXPECT_THAT(store_.resumed, ElementsAre());
  EXPECT_FALSE(store_.given_up);
  EXPECT_TRUE(Run({"give-up", IdOf(1).ToString()}).ok());
  EXPECT_TRUE(store_.given_up);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            "1 will be tried again\n2 will be tried again\n1 will be given up\n");
}

TEST_F(ConversionCommandTest, RefusesWhatItDoesNotKnow) {
  const std::vector<std::vector<std::string>> wrong = {
      {}, {"list", "all"}, {"retry"}, {"retry", "x"}, {"give-up", "all"}, {"drop", "all"}};
  for (const auto& words : wrong) EXPECT_TRUE(absl::IsInvalidArgument(Run(words)));
}

}  // namespace
}  // namespace crm::lead
