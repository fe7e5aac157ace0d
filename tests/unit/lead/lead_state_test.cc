#include "services/lead/domain/lead_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "services/lead/domain/stage_move.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::At;
using testing::kStart;
using testing::LeadIn;

constexpr LeadState kStates[] = {LeadState::kNew,       LeadState::kWorking,
                                 LeadState::kQualified, LeadState::kConverting,
                                 LeadState::kConverted, LeadState::kDisqualified};

// The rule store, written out a second time: every pair that is not here is illegal.
const std::map<std::pair<LeadState, Trigger>, LeadState>& RuleStore() {
  static const auto* const kRules = new std::map<std::pair<LeadState, Trigger>, LeadState>{
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
  return *kRules;
}

TEST(LeadState, EveryStateAndTriggerDoesWhatTheRuleBookSays) {
  for (const LeadState from : kStates) {
    for (int t = 0; t < kTriggerCount; ++t) {
      const auto trigger = static_cast<Trigger>(t);
      SCOPED_TRACE(absl::StrCat(Name(from), " with trigger ", t));
      Lead lead = LeadIn(from);
      const absl::Status moved =
          Enter(lead, trigger, kStart + absl::Hours(1), At(kStart + absl::Hours(2)));
      const auto rule = RuleStore().find({from, trigger});
      if (rule == RuleStore().end()) {
        EXPECT_EQ(error::ReasonOf(moved), error::kStateInvalid);
        EXPECT_EQ(testing::MetadataOf(moved, "state"), Name(from));
        EXPECT_EQ(testing::MetadataOf(moved, "allowedStates"), AllowedStates(from));
        EXPECT_EQ(lead.state, from);
        EXPECT_TRUE(lead.collected.stages.empty());
        continue;
      }
      ASSERT_TRUE(moved.ok()) << moved;
      EXPECT_EQ(lead.state, rule->second);
      ASSERT_EQ(lead.collected.stages.size(), 1u);
      const StageChange& change = lead.collected.stages[0];
      EXPECT_EQ(change.from, from);
      EXPECT_EQ(change.to, rule->second);
      EXPECT_EQ(change.version, 2);
      EXPECT_EQ(change.effective, kStart + absl::Hours(1));
      EXPECT_EQ(change.recorded, kStart + absl::Hours(2));
      EXPECT_EQ(change.time_in_previous, absl::Hours(1));
    }
  }
  EXPECT_EQ(Transitions().size(), RuleStore().size());
}

TEST(LeadState, TellsWhereALeadMayGo) {
  EXPECT_EQ(AllowedStates(LeadState::kNew), "WORKING,DISQUALIFIED");
  EXPECT_EQ(AllowedStates(LeadState::kWorking), "QUALIFIED,DISQUALIFIED");
  EXPECT_EQ(AllowedStates(LeadState::kQualified), "WORKING,CONVERTING,DISQUALIFIED");
  EXPECT_EQ(AllowedStates(LeadState::kConverting), "QUALIFIED,CONVERTED");
  EXPECT_EQ(AllowedStates(LeadState::kConverted), "");
  EXPECT_EQ(AllowedStates(LeadState::kDisqualified), "WORKING");
}

TEST(LeadState, NamesAreReadBack) {
  for (const LeadState state : kStates) EXPECT_EQ(ParseName<LeadState>(Name(state)), state);
  EXPECT_FALSE(ParseName<LeadState>("working").has_value());
}

TEST(EffectiveTime, IsNowUnlessGiven) {
  EXPECT_EQ(*EffectiveTime(At(kStart), absl::InfinitePast()), kStart);
  EXPECT_EQ(*EffectiveTime(At(kStart, kStart - absl::Hours(1)), kStart - absl::Hours(1)),
            kStart - absl::Hours(1));
}

TEST(EffectiveTime, NeverGoesBackWhenTheClockDoes) {
  EXPECT_EQ(*EffectiveTime(At(kStart), kStart + absl::Seconds(1)), kStart + absl::Seconds(1));
}

TEST(EffectiveTime, RefusesTheFutureAndWhatLiesBeforeThePreviousMove) {
  for (const absl::Time wrong : {kStart + absl::Microseconds(1), kStart - absl::Hours(2)}) {
    const absl::Status refused = EffectiveTime(At(kStart, wrong), kStart - absl::Hours(1)).status();
    EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(error::ReasonOf(refused), error::kEffectiveTimeInvalid);
    EXPECT_EQ(testing::MetadataOf(refused, "earliest"), "2026-01-04T23:00:00+00:00");
    EXPECT_EQ(testing::MetadataOf(refused, "latest"), "2026-01-05T00:00:00+00:00");
  }
}

}  // namespace
}  // namespace crm::lead
