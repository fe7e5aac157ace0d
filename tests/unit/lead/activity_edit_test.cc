#include "services/lead/domain/activity_edit.h"

#include <gtest/gtest.h>

#include "services/lead/domain/lead_deletion.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::At;
using testing::Did;
using testing::kStart;
using testing::LeadIn;
using testing::MetadataOf;

const absl::Time kSoon = kStart + absl::Hours(1);

// A lead whose other activity is an inbound message of an hour ago.
struct Recorded {
  Lead lead = LeadIn(LeadState::kWorking);
  RecordedActivity call{Did(ActivityType::kCall, ActivityDirection::kOutbound), {}, 1};

  Recorded() {
    call.activity.actor = "agent";
    call.others.Count(
        Did(ActivityType::kMessage, ActivityDirection::kInbound, kStart - absl::Hours(1)));
    lead.activities = call.others;
    lead.activities.Count(call.activity);
  }
};

TEST(ActivityEditing, CountsAnew) {
  Recorded it;
  EXPECT_EQ(it.lead.activities.first_response, kStart);
  ActivityEdit edit{.type = ActivityType::kNote,
                    .direction = ActivityDirection::kUnspecified,
                    .occur_time = kStart - absl::Hours(2),
                    .summary = "Nobody answered"};
  ASSERT_TRUE(EditActivity(it.lead, it.call, edit, At(kSoon)).ok());
  EXPECT_EQ(it.lead.activities.count, 2);
  EXPECT_FALSE(it.lead.activities.first_response.has_value());
  EXPECT_EQ(it.lead.activities.last, kStart - absl::Hours(1));
  EXPECT_TRUE(it.lead.activities.two_way);  // by the message
  ASSERT_EQ(it.lead.edited_activities.size(), 1u);
  EXPECT_EQ(it.lead.edited_activities[0].summary, "Nobody answered");
  EXPECT_EQ(it.lead.edited_activities[0].update_time, kSoon);
  EXPECT_EQ(it.lead.state, LeadState::kWorking);
}

TEST(ActivityEditing, OfWhatIsThereAlreadyChangesNothing) {
  Recorded it;
  const Lead before = it.lead;
  ASSERT_TRUE(EditActivity(it.lead, it.call, {.type = ActivityType::kCall}, At(kSoon)).ok());
  EXPECT_EQ(it.lead, before);
}

TEST(ActivityEditing, IsForItsAuthorAndForADay) {
  Recorded it;
  const Lead before = it.lead;
  const ActivityEdit edit{.summary = "another"};
  const absl::Time end = kStart + absl::Hours(24);
  const absl::Status late = EditActivity(it.lead, it.call, edit, At(end));
  EXPECT_EQ(error::ReasonOf(late), "ACTIVITY_SETTLED");
  EXPECT_EQ(MetadataOf(late, "editableUntil"), "2026-01-06T00:00:00+00:00");
  it.call.activity.actor = "another";
  const absl::Status other = EditActivity(it.lead, it.call, edit, At(kSoon));
  EXPECT_EQ(other.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(error::ReasonOf(other), "NOT_THE_AUTHOR");
  EXPECT_EQ(it.lead, before);
  it.call.activity.actor = "agent";
  EXPECT_TRUE(EditActivity(it.lead, it.call, edit, At(end - absl::Microseconds(1))).ok());
}

TEST(ActivityEditing, RefusesWhatNoActivityIs) {
  const ActivityEdit edits[] = {{.type = ActivityType::kNote},
                                {.direction = ActivityDirection::kUnspecified},
                                {.occur_time = kSoon + absl::Seconds(1)}};
  for (const ActivityEdit& edit : edits) {
    Recorded it;
    EXPECT_EQ(error::ReasonOf(EditActivity(it.lead, it.call, edit, At(kSoon))),
              error::kFieldInvalid);
  }
}

TEST(ActivityEditing, IsRefusedWhileConvertingAndOnceDeleted) {
  Recorded it;
  it.lead.state = LeadState::kConverting;
  EXPECT_EQ(error::ReasonOf(EditActivity(it.lead, it.call, {.summary = "x"}, At(kSoon))),
            error::kStateInvalid);
  it.lead.state = LeadState::kDisqualified;
  it.lead.delete_time = kSoon;
  EXPECT_EQ(error::ReasonOf(EditActivity(it.lead, it.call, {.summary = "x"}, At(kSoon))),
            error::kStateInvalid);
}

}  // namespace
}  // namespace crm::lead
