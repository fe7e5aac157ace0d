#include "clients/crmctl/import/progress_text.h"

#include <gtest/gtest.h>

namespace crm::crmctl {
namespace {

TEST(ProgressTextTest, TellsRateTimeLeftAndCallsInFlight) {
  ProgressFacts from;
  from.done = 200;
  from.share = 0.05;
  ProgressFacts facts;
  facts.label = "deals";
  facts.done = 2'200;
  facts.share = 0.25;
  facts.calls = 512;
  EXPECT_EQ(ProgressText(facts, from, absl::Seconds(2)),
            "deals  [#######                       ]  25 %  2,200 rows  1,000 rows/s  0:08 left  "
            "512 calls in flight");
  facts.failed = 1'234;
  facts.calls = 0;
  facts.share = 0.051;
  EXPECT_EQ(ProgressText(facts, from, absl::Seconds(20)),
            "deals  [#                             ]  5 %  2,200 rows  100 rows/s  5:16:20 left  "
            "1,234 failed");
  EXPECT_EQ(ProgressText(from, from, absl::ZeroDuration()),
            "  [#                             ]  5 %  200 rows  0 rows/s  ?:?? left");
  facts.share = 0.0501;
  EXPECT_NE(ProgressText(facts, from, absl::Hours(9)).find("days left"), std::string::npos);
  facts.share = 1.5;
  EXPECT_NE(ProgressText(facts, from, absl::Hours(9)).find("100 %"), std::string::npos);
}

}  // namespace
}  // namespace crm::crmctl
