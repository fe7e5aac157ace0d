#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/lead/domain/lead_conversion.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::AConversion;
using testing::At;
using ::testing::ElementsAre;
using testing::kStart;
using testing::LeadIn;
using testing::MetadataOf;

const absl::Time kConversionTime = kStart + absl::Hours(1);

Lead Ready() {
  Lead lead = LeadIn(LeadState::kQualified);
  lead.activities.two_way = true;
  return lead;
}

TEST(ConversionIds, FollowFromTenantAndRequestAlone) {
  const base::Uuid request = testing::IdOf(9);
  EXPECT_EQ(ConversionIdOf("acme", request), ConversionIdOf("acme", request));
  EXPECT_NE(ConversionIdOf("acme", request), ConversionIdOf("other", request));
  EXPECT_NE(ConversionIdOf("acme", request), ConversionIdOf("acme", testing::IdOf(10)));
  const base::Uuid id = ConversionIdOf("acme", request);
  EXPECT_NE(OpportunityIdOf(id), OpportunityRequestIdOf(id));
}

TEST(StartConversion, FixesAllIdsAndEntersConverting) {
  Lead lead = Ready();
  ASSERT_TRUE(StartConversion(lead, AConversion(), "1", At(kConversionTime)).ok());
  EXPECT_EQ(lead.state, LeadState::kConverting);
  EXPECT_EQ(lead.conversion->state, ConversionState::kStarted);
  EXPECT_EQ(lead.conversion->effective_time, kConversionTime);
  EXPECT_EQ(OpportunityOf(lead), OpportunityName(AConversion().opportunity));
  EXPECT_EQ(lead.stage_changes[0].opportunity, OpportunityOf(lead));
}

TEST(BeginsConversion, WhenTheLeadWasNotInThisOneBefore) {
  const Lead before = Ready();
  Lead first = before;
  ASSERT_TRUE(StartConversion(first, AConversion(50), "", At(kConversionTime)).ok());
  EXPECT_TRUE(BeginsConversion(&before, first));
  EXPECT_TRUE(BeginsConversion(nullptr, first));
  EXPECT_FALSE(BeginsConversion(&before, before));
  Lead abandoned = first;
  ASSERT_TRUE(AbandonConversion(abandoned, AConversion(50).id, "X", At(kConversionTime)).ok());
  EXPECT_FALSE(BeginsConversion(&first, abandoned));
  Lead second = abandoned;
  ASSERT_TRUE(StartConversion(second, AConversion(51), "", At(kConversionTime)).ok());
  EXPECT_TRUE(BeginsConversion(&abandoned, second));
}

TEST(StartConversion, OnlyFromQualified) {
  for (const LeadState state : {LeadState::kNew, LeadState::kWorking, LeadState::kDisqualified}) {
    Lead lead = LeadIn(state);
    lead.activities.two_way = true;
    EXPECT_EQ(error::ReasonOf(StartConversion(lead, AConversion(), "", At(kConversionTime))),
              error::kStateInvalid);
  }
}

TEST(StartConversion, NeedsATwoWayActivityOrAnOverride) {
  Lead lead = LeadIn(LeadState::kQualified);
  Conversion conversion = AConversion();
  const absl::Status status = StartConversion(lead, conversion, "", At(kConversionTime));
  EXPECT_EQ(error::ReasonOf(status), error::kGatesUnmet);
  EXPECT_EQ(error::DetailsOf(status)->preconditions.size(), 1u);
  conversion.plan.override_reason = "imported";
  ASSERT_TRUE(StartConversion(lead, conversion, "", At(kConversionTime)).ok());
  EXPECT_TRUE(lead.stage_changes[0].overridden);
  EXPECT_EQ(lead.stage_changes[0].note, "imported");
  EXPECT_THAT(lead.stage_changes[0].overridden_gates, ElementsAre("CONVERTING/two_way_activity"));
}

TEST(StartConversion, AnOverrideThatIsNotNeededMarksNothing) {
  Lead lead = Ready();
  Conversion conversion = AConversion();
  conversion.plan.override_reason = "to be sure";
  ASSERT_TRUE(StartConversion(lead, conversion, "", At(kConversionTime)).ok());
  EXPECT_FALSE(lead.stage_changes[0].overridden);
}

TEST(StartConversion, TheSameRequestAgainChangesNothingWhateverTheEtag) {
  for (const LeadState state : {LeadState::kConverting, LeadState::kConverted}) {
    Lead lead = LeadIn(state);
    const Lead before = lead;
    EXPECT_TRUE(StartConversion(lead, AConversion(), "77", At(kConversionTime)).ok());
    EXPECT_EQ(lead, before);
  }
}

TEST(StartConversion, TheSameRequestIdWithAnotherBodyIsRefused) {
  Lead lead = LeadIn(LeadState::kConverted);
  Conversion other = AConversion();
  other.request_hash = "another body";
  const absl::Status status = StartConversion(lead, other, "", At(kConversionTime));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error::ReasonOf(status), error::kRequestIdReused);
}

TEST(StartConversion, AnotherRequestIsToldTheOpportunity) {
  for (const LeadState state : {LeadState::kConverting, LeadState::kConverted}) {
    Lead lead = LeadIn(state);
    const absl::Status status = StartConversion(lead, AConversion(51), "", At(kConversionTime));
    EXPECT_EQ(error::ReasonOf(status), error::kStateInvalid);
    EXPECT_EQ(MetadataOf(status, "opportunity"), OpportunityName(AConversion(50).opportunity));
  }
}

TEST(StartConversion, AStaleEtagIsRefused) {
  Lead lead = Ready();
  EXPECT_EQ(error::ReasonOf(StartConversion(lead, AConversion(), "7", At(kConversionTime))),
            error::kEtagMismatch);
}

TEST(FinishConversion, EntersConvertedAtTheConversionsOwnTime) {
  Lead lead = LeadIn(LeadState::kConverting);
  ASSERT_TRUE(FinishConversion(lead, AConversion().id, At(kConversionTime)).ok());
  EXPECT_EQ(lead.state, LeadState::kConverted);
  EXPECT_EQ(lead.state_enter_time, kStart);
  EXPECT_EQ(lead.conversion->state, ConversionState::kCompleted);
  EXPECT_EQ(lead.stage_changes[0].opportunity, OpportunityOf(lead));
}

TEST(FinishConversion, TwiceIsOnce) {
  Lead lead = LeadIn(LeadState::kConverted);
  const Lead before = lead;
  EXPECT_TRUE(FinishConversion(lead, AConversion().id, At(kConversionTime)).ok());
  EXPECT_EQ(lead, before);
}

TEST(FinishConversion, OfAnotherConversionIsRefused) {
  Lead lead = LeadIn(LeadState::kConverting);
  EXPECT_EQ(error::ReasonOf(FinishConversion(lead, AConversion(51).id, At(kConversionTime))),
            error::kStateInvalid);
}

TEST(AbandonConversion, BringsTheLeadBackWithTheReason) {
  Lead lead = LeadIn(LeadState::kConverting);
  ASSERT_TRUE(AbandonConversion(lead, AConversion().id, "FIELD_INVALID", At(kConversionTime)).ok());
  EXPECT_EQ(lead.state, LeadState::kQualified);
  EXPECT_EQ(lead.conversion->state, ConversionState::kCompensated);
  EXPECT_EQ(lead.stage_changes[0].reason, "CONVERSION_REFUSED");
  EXPECT_EQ(OpportunityOf(lead), "");
  for (const absl::Status& again :
       {StartConversion(lead, AConversion(), "", At(kConversionTime)),
        FinishConversion(lead, AConversion().id, At(kConversionTime))}) {
    EXPECT_EQ(error::ReasonOf(again), "CONVERSION_REFUSED");
    EXPECT_EQ(MetadataOf(again, "cause"), "FIELD_INVALID");
  }
  lead.activities.two_way = true;
  EXPECT_TRUE(StartConversion(lead, AConversion(51), "", At(kConversionTime)).ok());
}

TEST(AbandonConversion, NeverUndoesWhatIsDone) {
  Lead lead = LeadIn(LeadState::kConverted);
  EXPECT_EQ(error::ReasonOf(AbandonConversion(lead, AConversion().id, "X", At(kConversionTime))),
            error::kStateInvalid);
  EXPECT_EQ(lead.conversion->state, ConversionState::kCompleted);
}

}  // namespace
}  // namespace crm::lead
