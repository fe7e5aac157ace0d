#include "services/lead/domain/activity.h"

#include <gtest/gtest.h>

#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::Did;
using testing::kStart;

struct Case {
  ActivityType type;
  ActivityDirection direction;
  bool two_way;
  bool responds;
};

TEST(Activity, EveryKindAndDirection) {
  const auto in = ActivityDirection::kInbound;
  const auto out = ActivityDirection::kOutbound;
  const Case cases[] = {
      {ActivityType::kCall, in, true, false},
      {ActivityType::kCall, out, true, true},
      {ActivityType::kMeeting, in, true, false},
      {ActivityType::kMeeting, out, true, true},
      {ActivityType::kEmail, in, true, false},
      {ActivityType::kEmail, out, false, true},
      {ActivityType::kMessage, in, true, false},
      {ActivityType::kMessage, out, false, true},
      {ActivityType::kNote, ActivityDirection::kUnspecified, false, false},
      {ActivityType::kNote, in, false, false},
      {ActivityType::kNote, out, false, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(absl::StrCat(NameOf(kActivityTypeNames, c.type), " ",
                              NameOf(kActivityDirectionNames, c.direction)));
    ActivityCounts counts;
    counts.Count(Did(c.type, c.direction));
    EXPECT_EQ(IsTwoWay(Did(c.type, c.direction)), c.two_way);
    EXPECT_EQ(counts.two_way, c.two_way);
    EXPECT_EQ(counts.first_response.has_value(), c.responds);
    EXPECT_EQ(counts.count, 1);
    EXPECT_EQ(counts.last, kStart);
  }
}

TEST(ActivityCounts, KeepsTheEarliestResponseAndTheLatestActivityInWhateverOrder) {
  ActivityCounts counts;
  for (const int hour : {5, 2, 9, 7}) {
    counts.Count(
        Did(ActivityType::kEmail, ActivityDirection::kOutbound, kStart + absl::Hours(hour)));
  }
  EXPECT_EQ(counts.count, 4);
  EXPECT_EQ(counts.first_response, kStart + absl::Hours(2));
  EXPECT_EQ(counts.last, kStart + absl::Hours(9));
  EXPECT_FALSE(counts.two_way);
}

}  // namespace
}  // namespace crm::lead
