#include <gtest/gtest.h>

#include "tests/unit/lead/conversion_fixture.h"

namespace crm::lead {
namespace {

TEST_F(ConversionTest, MakesOneOpportunityWithAllThatTheLeadKnows) {
  ConversionCall call = Call();
  call.plan.amount = base::Money{"USD", 5500};
  call.plan.expected_close_date = absl::CivilDay(2026, 3, 1);
  EXPECT_EQ(*Convert(call), Expected());
  ExpectConvertedOnce();
  const OpportunityOrder order = opener_.OpenedFor(testing::IdOf(1))[0];
  EXPECT_EQ(order.contact, testing::IdOf(2));
  EXPECT_EQ(order.plan.owner, "agent");
  EXPECT_EQ(order.plan.amount, call.plan.amount);
  EXPECT_EQ(order.interests, std::vector<std::string>{"GTX Pro"});
  EXPECT_EQ(order.source, LeadSource::kReferral);
  EXPECT_EQ(order.external_id, "deal-1");
  EXPECT_EQ(order.buying_role, BuyingRole::kAdviser);
  EXPECT_EQ(order.effective_time, clock_.Now());
  EXPECT_NE(order.request_id, order.opportunity);
}

// The need as it was seen, of a finding that there is one.
TEST(OpportunityOrderTest, TheEvidenceOfTheNeedBecomesANeed) {
  const auto needs_by = [](Criterion criterion, Finding finding, const std::string& seen) {
    Lead lead = testing::LeadIn(LeadState::kConverting);
    lead.conversion.emplace();
    Assessment assessment;
    assessment.criterion = criterion;
    assessment.finding = finding;
    assessment.observation = seen;
    lead.assessments = {assessment};
    return OrderFor(lead).needs;
  };
  using Needs = std::vector<std::string>;
  EXPECT_EQ(needs_by(Criterion::kNeed, Finding::kMet, "forty presses"), Needs{"forty presses"});
  EXPECT_EQ(needs_by(Criterion::kNeed, Finding::kPartlyMet, "some"), Needs{"some"});
  EXPECT_EQ(needs_by(Criterion::kNeed, Finding::kMet, ""), Needs{});
  EXPECT_EQ(needs_by(Criterion::kNeed, Finding::kNotMet, "none"), Needs{});
  EXPECT_EQ(needs_by(Criterion::kNeed, Finding::kUnknown, "?"), Needs{});
  EXPECT_EQ(needs_by(Criterion::kAbility, Finding::kMet, "money"), Needs{});
}

TEST_F(ConversionTest, EveryStateIsEnteredOnceHoweverOftenARequestComes) {
  opener_.SetMode(Mode::kAway);
  EXPECT_FALSE(Convert(Call()).ok());
  EXPECT_EQ(entered_, (std::map<ConversionState, int>{{ConversionState::kStarted, 1}}));
  opener_.SetMode(Mode::kNormal);
  EXPECT_TRUE(Convert(Call()).ok());
  EXPECT_TRUE(Convert(Call()).ok());
  EXPECT_EQ(entered_, (std::map<ConversionState, int>{{ConversionState::kStarted, 1},
                                                      {ConversionState::kCompleted, 1}}));
}

TEST_F(ConversionTest, TheSameRequestAlwaysGetsTheSameAnswer) {
  const std::string first = *Convert(Call());
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(absl::Hours(24 * 30));
    EXPECT_EQ(*Convert(Call()), first);
  }
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, FiftySameCallsInOneBatchMakeOneOpportunity) {
  std::vector<ConversionCall> calls(50, Call());
  ConvertAll(calls);
  for (const ConversionCall& call : calls) EXPECT_EQ(*call.outcome, Expected());
  EXPECT_EQ(opener_.orders(), 1);
  ExpectConvertedOnce();
  EXPECT_EQ(entered_[ConversionState::kStarted], 1);
  EXPECT_EQ(entered_[ConversionState::kCompleted], 1);
}

TEST_F(ConversionTest, OfTwoRequestsForOneLeadOneWins) {
  std::vector<ConversionCall> calls = {Call(50), Call(51)};
  ConvertAll(calls);
  EXPECT_EQ(*calls[0].outcome, Expected());
  EXPECT_EQ(error::ReasonOf(calls[1].outcome.status()), error::kStateInvalid);
  EXPECT_EQ(testing::MetadataOf(calls[1].outcome.status(), "opportunity"), OpportunityOf(Stored()));
  EXPECT_EQ(error::ReasonOf(Convert(Call(52)).status()), error::kStateInvalid);
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, ARequestIdIsForOneRequestOnly) {
  ASSERT_TRUE(Convert(Call()).ok());
  EXPECT_EQ(error::ReasonOf(Convert(Call(50, "other")).status()), error::kRequestIdReused);
  conversion_store_.known[testing::IdOf(60)].answered_hash = "of another method";
  EXPECT_EQ(error::ReasonOf(Convert(Call(60)).status()), error::kRequestIdReused);
  conversion_store_.known[testing::IdOf(61)].lead = testing::IdOf(999);
  conversion_store_.known[testing::IdOf(61)].conversion_hash = "0123456789abcdef";
  EXPECT_EQ(error::ReasonOf(Convert(Call(61)).status()), error::kRequestIdReused);
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, AnAnswerOnRecordIsGivenAgainWithoutAnyWork) {
  conversion_store_.known[testing::IdOf(50)].answered_hash = "0123456789abcdef";
  conversion_store_.known[testing::IdOf(50)].answer = "as before";
  EXPECT_EQ(*Convert(Call()), "as before");
  EXPECT_EQ(opener_.orders(), 0);
}

TEST_F(ConversionTest, WhileTheOpportunityServiceIsAwayTheLeadStaysConvertingUntilARetry) {
  opener_.SetMode(Mode::kAway);
  const absl::Status away = Convert(Call()).status();
  EXPECT_EQ(away.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(error::ReasonOf(away), error::kNeighbourUnavailable);
  EXPECT_TRUE(error::DetailsOf(away)->retry_after.has_value());
  EXPECT_EQ(Stored().state, LeadState::kConverting);
  ASSERT_EQ(conversion_store_.postponed.size(), 1u);
  EXPECT_GT(conversion_store_.postponed[0].next_attempt, clock_.Now());
  EXPECT_EQ(error::ReasonOf(Convert(Call(51)).status()), error::kStateInvalid);
  opener_.SetMode(Mode::kNormal);
  EXPECT_EQ(*Convert(Call()), Expected());
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, ARetryAfterALostReplyCompletesTheConversion) {
  opener_.SetMode(Mode::kReplyLost);
  EXPECT_EQ(Convert(Call()).status().code(), absl::StatusCode::kUnavailable);
  opener_.SetMode(Mode::kNormal);
  EXPECT_EQ(*Convert(Call()), Expected());
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, AnOpenedOpportunityNeverCountsAsRefused) {
  opener_.SetMode(Mode::kReplyLost);
  EXPECT_FALSE(Convert(Call()).ok());
  opener_.SetMode(Mode::kRefusing);
  EXPECT_EQ(*Convert(Call()), Expected());
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, ARefusalMakesTheLeadQualifiedAgainAndOpensNothing) {
  opener_.SetMode(Mode::kRefusing);
  for (int i = 0; i < 2; ++i) {
    const absl::Status refused = Convert(Call()).status();
    EXPECT_EQ(error::ReasonOf(refused), "CONVERSION_REFUSED");
    EXPECT_EQ(testing::MetadataOf(refused, "cause"), "REFERENCE_NOT_FOUND");
  }
  EXPECT_EQ(Stored().state, LeadState::kQualified);
  EXPECT_TRUE(opener_.OpenedFor(testing::IdOf(1)).empty());
  opener_.SetMode(Mode::kNormal);
  EXPECT_EQ(*Convert(Call(51)), Expected(51));
  ExpectConvertedOnce(51);
}

TEST_F(ConversionTest, ARefusalIsNotBelievedBeforeTheOpportunityIsFoundNotToBeThere) {
  opener_.SetMode(Mode::kBlind);
  EXPECT_EQ(Convert(Call()).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Stored().state, LeadState::kConverting);
  EXPECT_EQ(conversion_store_.postponed.back().opening, Opening::kUnknown);
}

TEST_F(ConversionTest, ARefusalWaitsUntilNoEarlierAttemptCanBeUnderWay) {
  opener_.SetMode(Mode::kAway);
  EXPECT_FALSE(Convert(Call()).ok());
  opener_.SetMode(Mode::kRefusing);
  EXPECT_EQ(Convert(Call()).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Stored().state, LeadState::kConverting);
  const Postponement waiting = conversion_store_.postponed.back();
  EXPECT_EQ(waiting.opening, Opening::kRefused);
  EXPECT_EQ(waiting.next_attempt, clock_.Now() + kRefusalWait);
  KnownConversion& known = conversion_store_.known[testing::IdOf(50)];
  known.lead = testing::IdOf(1);
  known.conversion_hash = "0123456789abcdef";
  known.refused_since = waiting.time;
  clock_.Advance(kRefusalWait - absl::Seconds(1));
  EXPECT_EQ(Convert(Call()).status().code(), absl::StatusCode::kUnavailable);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(error::ReasonOf(Convert(Call()).status()), "CONVERSION_REFUSED");
  EXPECT_EQ(Stored().state, LeadState::kQualified);
  EXPECT_TRUE(opener_.OpenedFor(testing::IdOf(1)).empty());
}

TEST_F(ConversionTest, FaultsAreToldFromAnAbsentService) {
  opener_.SetMode(Mode::kFaulty);
  conversion_store_.stuck_next = 1;
  EXPECT_EQ(Convert(Call()).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(conversion_store_.postponed.back().opening, Opening::kFaulty);
  EXPECT_EQ(conversion_store_.postponed.back().error, "PERMISSION_DENIED");
  EXPECT_EQ(entered_[ConversionState::kNeedsAttention], 1);
}

TEST_F(ConversionTest, WhatNeedsAttentionOrIsGivenUpIsNotTriedByItsCaller) {
  opener_.SetMode(Mode::kAway);
  EXPECT_FALSE(Convert(Call()).ok());
  opener_.SetMode(Mode::kNormal);
  KnownConversion& known = conversion_store_.known[testing::IdOf(50)];
  known.lead = testing::IdOf(1);
  known.conversion_hash = "0123456789abcdef";
  known.fault = "PERMISSION_DENIED";
  const absl::Status stuck = Convert(Call()).status();
  EXPECT_EQ(error::ReasonOf(stuck), "CONVERSION_NEEDS_ATTENTION");
  EXPECT_EQ(testing::MetadataOf(stuck, "cause"), "PERMISSION_DENIED");
  known.fault.reset();
  known.given_up = true;
  EXPECT_EQ(Convert(Call()).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(opener_.orders(), 1) << "the first attempt's";
}

TEST_F(ConversionTest, WhatIsGivenUpIsOrderedNoMoreButCompletedIfItIsThere) {
  for (const Mode mode : {Mode::kAway, Mode::kReplyLost}) {
    opener_.SetMode(mode);
    const uint64_t request = mode == Mode::kAway ? 50 : 51;
    EXPECT_FALSE(Convert(Call(request)).ok());
    opener_.SetMode(Mode::kNormal);
    const int orders = opener_.orders();
    MakeDue();
    conversion_store_.due.back().given_up = true;
    EXPECT_EQ(*conversions_.CompleteDue(10), 1);
    EXPECT_EQ(opener_.orders(), orders);
    if (mode == Mode::kReplyLost) return ExpectConvertedOnce(51);
    EXPECT_EQ(Stored().state, LeadState::kQualified);
    EXPECT_EQ(Stored().conversion->refusal, kGivenUp);
  }
}

TEST_F(ConversionTest, ABatchWaitsForItsLeastPatientCallButNeverTooShort) {
  for (const auto& [patience, expected] :
       {std::pair(absl::Seconds(3), absl::Seconds(3)), std::pair(absl::Seconds(1), kLeastTime),
        std::pair(absl::Minutes(1), kMostPatience)}) {
    const base::SteadyTime now = base::SteadyNow();
    opener_.SetMode(Mode::kAway);
    std::vector<ConversionCall> calls = {Call(), Call()};
    calls[0].deadline = now + absl::Minutes(2);
    calls[1].deadline = now + patience;
    ConvertAll(calls);
    const absl::Duration given = opener_.latest_order().deadline.time() - now;
    EXPECT_GE(given, expected);
    EXPECT_LT(given, expected + absl::Milliseconds(500)) << "the time to get there";
  }
}

TEST_F(ConversionTest, AnUnknownLeadIsNotFound) {
  ConversionCall call = Call();
  call.lead.id = testing::IdOf(77);
  EXPECT_EQ(Convert(call).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace crm::lead
