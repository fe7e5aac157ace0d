#include "services/lead/domain/lead_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "services/lead/domain/lead_moves.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::At;
using testing::kStart;
using testing::LeadIn;

constexpr LeadState kAllStates[] = {LeadState::kNew,       LeadState::kWorking,
                                    LeadState::kQualified, LeadState::kConverting,
                                    LeadState::kConverted, LeadState::kDisqualified};

// The transitions, written out a second time: every pair that is not here is illegal.
const std::map<std::pair<LeadState, Trigger>, LeadState>& ExpectedTransitions() {
  static const auto* const kExpected = new std::map<std::pair<LeadState, Trigger>, LeadState>{
      {{LeadState::kNew, Trigger::kFirstEvidence}, LeadState::kWorking},
      {{LeadState::kNew, Trigger::kDisqualify}, LeadState::kDisqualified},
      {{LeadState::kWorking, Trigger::kQualify}, LeadState::kQualified},
      {{LeadState::kWorking, Trigger::kDisqualify}, LeadState::kDisqualified},
      {{LeadState::kQualified, Trigger::kStartConversion}, LeadState::kConverting},
      {{LeadState::kQualified, Trigger::kCounterEvidence}, LeadState::kWorking},
      {{LeadState::kQualified, Trigger::kDisqualify}, LeadState::kDisqualified},
      {{LeadState::kConverting, Trigger::kFinishConversion}, LeadState::kConverted},
      {{LeadState::kConverting, Trigger::kAbandonConversion}, LeadState::kQualified},
      {{LeadState::kDisqualified, Trigger::kReopen}, LeadState::kWorking}};
  return *kExpected;
}

TEST(LeadState, EveryTriggerInEveryState) {
  for (const LeadState from : kAllStates) {
    for (int t = 0; t < kTriggerCount; ++t) {
      const auto trigger = static_cast<Trigger>(t);
      SCOPED_TRACE(absl::StrCat(NameOf(kLeadStateNames, from), " with trigger ", t));
      Lead lead = LeadIn(from);
      const absl::Status moved =
          Enter(lead, trigger, kStart + absl::Hours(1), At(kStart + absl::Hours(2)));
      const auto expected = ExpectedTransitions().find({from, trigger});
      if (expected == ExpectedTransitions().end()) {
        EXPECT_EQ(error::ReasonOf(moved), error::kStateInvalid);
        EXPECT_EQ(testing::MetadataOf(moved, "state"), NameOf(kLeadStateNames, from));
        EXPECT_EQ(testing::MetadataOf(moved, "allowedStates"), AllowedStates(from));
        EXPECT_EQ(lead.state, from);
        EXPECT_TRUE(lead.stage_changes.empty());
        continue;
      }
      ASSERT_TRUE(moved.ok()) << moved;
      EXPECT_EQ(lead.state, expected->second);
      ASSERT_EQ(lead.stage_changes.size(), 1u);
      const StageChange& change = lead.stage_changes[0];
      EXPECT_EQ(change.from, from);
      EXPECT_EQ(change.to, expected->second);
      EXPECT_EQ(change.version, 2);
      EXPECT_EQ(change.effective_time, kStart + absl::Hours(1));
      EXPECT_EQ(change.record_time, kStart + absl::Hours(2));
      EXPECT_EQ(change.time_in_previous_state, absl::Hours(1));
    }
  }
  EXPECT_EQ(Transitions().size(), ExpectedTransitions().size());
}

TEST(LeadState, AllowedStatesAreTheTargetsOfItsTransitions) {
  EXPECT_EQ(AllowedStates(LeadState::kNew), "WORKING,DISQUALIFIED");
  EXPECT_EQ(AllowedStates(LeadState::kWorking), "QUALIFIED,DISQUALIFIED");
  EXPECT_EQ(AllowedStates(LeadState::kQualified), "WORKING,CONVERTING,DISQUALIFIED");
  EXPECT_EQ(AllowedStates(LeadState::kConverting), "QUALIFIED,CONVERTED");
  EXPECT_EQ(AllowedStates(LeadState::kConverted), "");
  EXPECT_EQ(AllowedStates(LeadState::kDisqualified), "WORKING");
}

}  // namespace
}  // namespace crm::lead
