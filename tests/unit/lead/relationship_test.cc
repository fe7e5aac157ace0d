// Deletion, next steps, first-response time and standing of leads.

#include <gtest/gtest.h>

#include "services/lead/domain/lead_deletion.h"
#include "services/lead/domain/lead_edit.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::At;
using testing::Did;
using testing::Found;
using testing::FullEvidence;
using testing::kStart;
using testing::LeadIn;
using testing::MetadataOf;

const absl::Time kNextHour = kStart + absl::Hours(1);

Lead DeletedLead(LeadState from) {
  Lead lead = LeadIn(from);
  EXPECT_TRUE(Delete(lead, DefaultPolicy(), At(kNextHour)).ok());
  return lead;
}

TEST(LeadDeletion, DisqualifiesWhatIsWorkedOnByAnOrdinaryMove) {
  for (const LeadState from : {LeadState::kNew, LeadState::kWorking}) {
    const Lead lead = DeletedLead(from);
    EXPECT_EQ(lead.delete_time, kNextHour);
    EXPECT_EQ(lead.state, LeadState::kDisqualified);
    EXPECT_EQ(lead.disqualify_reason, DisqualifyReason::kOther);
    EXPECT_EQ(lead.disqualify_note, "deleted");
    EXPECT_TRUE(lead.verdict.has_value());
    ASSERT_EQ(lead.stage_changes.size(), 1u);
    EXPECT_EQ(lead.stage_changes[0].from, from);
  }
}

TEST(LeadDeletion, OnlyMarksADisqualifiedOne) {
  Lead expected = LeadIn(LeadState::kDisqualified);
  expected.delete_time = kNextHour;
  EXPECT_EQ(DeletedLead(LeadState::kDisqualified), expected);
}

TEST(LeadDeletion, IsRefusedInEveryOtherState) {
  for (const LeadState state :
       {LeadState::kQualified, LeadState::kConverting, LeadState::kConverted}) {
    Lead lead = LeadIn(state);
    const Lead before = lead;
    const absl::Status status = Delete(lead, DefaultPolicy(), At(kNextHour));
    EXPECT_EQ(error::ReasonOf(status), "STATE_INVALID");
    EXPECT_EQ(MetadataOf(status, "state"), NameOf(kLeadStateNames, state));
    EXPECT_EQ(lead, before);
  }
}

TEST(LeadDeletion, LeavesNothingButToUndelete) {
  Lead lead = DeletedLead(LeadState::kWorking);
  const Lead before = lead;
  const absl::Status refusals[] = {
      Edit(lead, {.owner = "agent-8"}),
      LogActivity(lead, Did(ActivityType::kCall, ActivityDirection::kInbound), At(kNextHour)),
      Assess(lead, Found(Criterion::kNeed, Finding::kMet), DefaultPolicy(), At(kNextHour)),
      Qualify(lead, DefaultPolicy(), "all the same", At(kNextHour)),
      Disqualify(lead, DisqualifyReason::kNoNeed, "", DefaultPolicy(), At(kNextHour)),
      Reopen(lead, "back", At(kNextHour)),
      Delete(lead, DefaultPolicy(), At(kNextHour)),
  };
  for (const absl::Status& status : refusals) {
    EXPECT_EQ(error::ReasonOf(status), "STATE_INVALID");
  }
  EXPECT_EQ(MetadataOf(refusals[0], "state"), "DELETED");
  EXPECT_EQ(MetadataOf(refusals[0], "useMethod"), "UndeleteLead");
  EXPECT_EQ(lead, before);
  ASSERT_TRUE(Undelete(lead).ok());
  EXPECT_FALSE(lead.deleted());
  EXPECT_EQ(lead.state, LeadState::kDisqualified);
  EXPECT_EQ(error::ReasonOf(Undelete(lead)), "STATE_INVALID");
  EXPECT_TRUE(Reopen(lead, "back", At(kNextHour)).ok());
}

TEST(FirstResponse, CountsFromWhenTheLeadCameIn) {
  Lead lead;
  ASSERT_TRUE(Open(lead, At(kStart, kStart - absl::Hours(10))).ok());
  lead.create_time = kStart;
  EXPECT_FALSE(ResponseTimeOf(lead).has_value());
  lead.activities.Count(Did(ActivityType::kCall, ActivityDirection::kInbound, kStart));
  EXPECT_FALSE(ResponseTimeOf(lead).has_value());
  lead.activities.Count(Did(ActivityType::kEmail, ActivityDirection::kOutbound, kNextHour));
  EXPECT_EQ(ResponseTimeOf(lead), absl::Hours(11));
  lead.activities.Count(
      Did(ActivityType::kEmail, ActivityDirection::kOutbound, kStart - absl::Hours(20)));
  EXPECT_EQ(ResponseTimeOf(lead), absl::ZeroDuration());
  lead.open_time.reset();  // written by an earlier version
  lead.activities.first_response = kNextHour;
  EXPECT_EQ(ResponseTimeOf(lead), absl::Hours(1));
}

TEST(LeadStanding, FollowsTheEvidence) {
  Lead lead = LeadIn(LeadState::kWorking);
  EXPECT_FALSE(lead.standing.has_value());
  ASSERT_TRUE(
      Assess(lead, Found(Criterion::kAuthority, Finding::kUnknown), DefaultPolicy(), At(kNextHour))
          .ok());
  EXPECT_EQ(lead.standing, (Standing{0, VerdictOutcome::kInsufficientEvidence, std::nullopt}));
  int days = 0;
  for (Assessment found : FullEvidence()) {
    found.observe_time = kStart - absl::Hours(24) * ++days;
    ASSERT_TRUE(Assess(lead, found, DefaultPolicy(), At(kNextHour)).ok());
  }
  const absl::Time stale = kStart + absl::Hours(24) * (DefaultPolicy().stale_days - days);
  EXPECT_EQ(lead.standing, (Standing{90, VerdictOutcome::kQualified, stale}));
  ASSERT_TRUE(Assess(lead, Found(Criterion::kNeed, Finding::kNotMet, kNextHour), DefaultPolicy(),
                     At(kNextHour))
                  .ok());
  EXPECT_EQ(lead.standing, (Standing{60, VerdictOutcome::kNotQualified, stale}));
}

TEST(LeadStanding, IsThatOfNowAlsoAfterABackdatedMove) {
  Lead lead = LeadIn(LeadState::kWorking);
  for (const Assessment& found : FullEvidence()) {
    ASSERT_TRUE(Assess(lead, found, DefaultPolicy(), At(kNextHour)).ok());
  }
  const std::optional<Standing> now = lead.standing;
  ASSERT_TRUE(Disqualify(lead, DisqualifyReason::kNoNeed, "", DefaultPolicy(),
                         At(kNextHour, kStart + absl::Minutes(1)))
                  .ok());
  EXPECT_EQ(lead.standing, now);
}

TEST(LeadEdits, SetWhatPeopleKeep) {
  Lead lead = LeadIn(LeadState::kWorking);
  const Lead before = lead;
  LeadEdit edit;
  edit.next_step = NextStep{"Call", absl::CivilDay(2026, 3, 1)};
  edit.attributes = std::map<std::string, std::string>{{"region", "north"}};
  edit.organization = testing::IdOf(9);
  ASSERT_TRUE(Edit(lead, edit).ok());
  EXPECT_EQ(lead.next_step.text, "Call");
  EXPECT_EQ(lead.attributes.at("region"), "north");
  EXPECT_EQ(lead.organization, testing::IdOf(9));
  edit.next_step = NextStep();
  edit.attributes->clear();
  edit.organization.emplace(std::nullopt);
  ASSERT_TRUE(Edit(lead, edit).ok());
  EXPECT_EQ(lead, before);
}

}  // namespace
}  // namespace crm::lead
