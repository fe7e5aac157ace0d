#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/lead/conversion/lead_conversions.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_repository.h"
#include "tests/support/sequence_id_generator.h"
#include "tests/unit/lead/fake_conversion_store.h"
#include "tests/unit/lead/fake_opportunity_opener.h"
#include "tests/unit/lead/fragile_repository.h"
#include "tests/unit/lead/lead_fixture.h"

namespace crm::lead {
namespace {

using testing::At;
using testing::kStart;
using Mode = testing::FakeOpportunityOpener::Mode;
using Fault = testing::FragileRepository<Lead>::Fault;

std::string AnswerOf(const Lead& lead) {
  return absl::StrCat(NameOf(kConversionStateNames, lead.conversion->state), " ",
                      OpportunityName(lead.conversion->opportunity));
}

class ConversionTest : public ::testing::Test {
 protected:
  ConversionTest()
      : memory_(clock_, {.name = [](const aggregate::Key& key) { return LeadName(key.id); },
                         .strip = [](Lead& lead) { lead = testing::AsLoaded(std::move(lead)); }}),
        leads_(memory_),
        conversions_({leads_, conversion_store_, opener_, clock_, ids_, AnswerOf,
                      [] { return ~uint64_t{0}; }}) {
    aggregate::Creation<Lead> creation;
    creation.aggregate = testing::LeadIn(LeadState::kQualified);
    creation.aggregate.activities.two_way = true;
    creation.aggregate.interests = {"GTX Pro"};
    creation.aggregate.external_id = "deal-1";
    creation.aggregate.buying_role = BuyingRole::kAdviser;
    creation.answer = [](const Lead&) { return ""; };
    aggregate::Creation<Lead>* item = &creation;
    memory_.Create(absl::MakeSpan(&item, 1), absl::InfiniteFuture());
  }

  ConversionCall Call(uint64_t request = 50, const std::string& hash = "0123456789abcdef") {
    ConversionCall call;
    call.lead = {"acme", testing::IdOf(1)};
    call.request = {testing::IdOf(request), hash};
    call.plan.display_name = "A sale";
    call.occasion = At(clock_.Now());
    call.deadline = absl::InfiniteFuture();
    return call;
  }

  absl::StatusOr<std::string> Convert(ConversionCall call) {
    ConversionCall* pointer = &call;
    conversions_.Convert(absl::MakeSpan(&pointer, 1));
    return call.outcome;
  }

  Lead Stored() {
    const aggregate::Key key{"acme", testing::IdOf(1)};
    return **memory_.Get(absl::MakeConstSpan(&key, 1), absl::InfiniteFuture())->begin();
  }

  std::string Expected(uint64_t request = 50) {
    return absl::StrCat(
        "COMPLETED ",
        OpportunityName(OpportunityIdOf(ConversionIdOf("acme", testing::IdOf(request)))));
  }

  // What must hold in the end: converted, with exactly one opportunity, the recorded one.
  void ExpectConvertedOnce(uint64_t request = 50) {
    const Lead lead = Stored();
    EXPECT_EQ(lead.state, LeadState::kConverted);
    const auto opened = opener_.OpenedFor(lead.id);
    ASSERT_EQ(opened.size(), 1u);
    EXPECT_EQ(OpportunityName(opened[0].opportunity), OpportunityOf(lead));
    EXPECT_EQ(opened[0].opportunity,
              OpportunityIdOf(ConversionIdOf("acme", testing::IdOf(request))));
    int converted = 0;
    for (const Lead& written : memory_.Written()) {
      for (const StageChange& change : written.stage_changes) {
        converted += change.to == LeadState::kConverted;
      }
    }
    EXPECT_EQ(converted, 1);
  }

  void MakeDue() {
    const Lead lead = Stored();
    conversion_store_.due.push_back({"acme", lead.conversion->id, lead.id, 3});
  }

  crm::testing::FakeClock clock_{kStart + absl::Hours(1)};
  crm::testing::SequenceIdGenerator ids_;
  crm::testing::MemoryRepository<Lead> memory_;
  testing::FragileRepository<Lead> leads_;
  testing::FakeConversionStore conversion_store_;
  testing::FakeOpportunityOpener opener_;
  LeadConversions conversions_;
};

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
  EXPECT_EQ(order.external_id, "deal-1");
  EXPECT_EQ(order.buying_role, BuyingRole::kAdviser);
  EXPECT_EQ(order.effective_time, clock_.Now());
  EXPECT_NE(order.request_id, order.opportunity);
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
  std::vector<ConversionCall*> pointers;
  for (ConversionCall& call : calls) pointers.push_back(&call);
  conversions_.Convert(pointers);
  for (const ConversionCall& call : calls) EXPECT_EQ(*call.outcome, Expected());
  EXPECT_EQ(opener_.orders(), 1);
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, OfTwoRequestsForOneLeadOneWins) {
  std::vector<ConversionCall> calls = {Call(50), Call(51)};
  std::vector<ConversionCall*> pointers = {&calls[0], &calls[1]};
  conversions_.Convert(pointers);
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

// A crash, or a broken connection, before or after each of the two commits.
struct CrashCase {
  int write;
  Fault fault;
  LeadState left;
};

class CrashTest : public ConversionTest, public ::testing::WithParamInterface<CrashCase> {};

TEST_P(CrashTest, IsCompletedByARetry) {
  leads_.BreakAt(GetParam().write, GetParam().fault);
  EXPECT_FALSE(Convert(Call()).ok());
  EXPECT_EQ(Stored().state, GetParam().left);
  EXPECT_EQ(*Convert(Call()), Expected());
  ExpectConvertedOnce();
}

TEST_P(CrashTest, IsCompletedByTheCompleter) {
  leads_.BreakAt(GetParam().write, GetParam().fault);
  EXPECT_FALSE(Convert(Call()).ok());
  if (GetParam().left == LeadState::kQualified) {
    EXPECT_TRUE(opener_.OpenedFor(testing::IdOf(1)).empty());  // nothing has begun
    return;
  }
  MakeDue();
  EXPECT_EQ(*conversions_.CompleteDue(10), 1);
  ExpectConvertedOnce();
  EXPECT_EQ(*Convert(Call()), Expected());
}

INSTANTIATE_TEST_SUITE_P(
    EveryCommit, CrashTest,
    ::testing::Values(CrashCase{1, Fault::kBeforeCommit, LeadState::kQualified},
                      CrashCase{1, Fault::kAfterCommit, LeadState::kConverting},
                      CrashCase{2, Fault::kBeforeCommit, LeadState::kConverting},
                      CrashCase{2, Fault::kAfterCommit, LeadState::kConverted}));

TEST_F(ConversionTest, TheCompleterBacksOffFurtherEachTime) {
  opener_.SetMode(Mode::kAway);
  EXPECT_FALSE(Convert(Call()).ok());
  const Lead lead = Stored();
  std::vector<absl::Duration> pauses;
  for (const int attempt : {1, 2, 3, 4, 50}) {
    conversion_store_.due.push_back({"acme", lead.conversion->id, lead.id, attempt});
    EXPECT_EQ(*conversions_.CompleteDue(10), 1);
    pauses.push_back(conversion_store_.postponed.back().next_attempt - clock_.Now());
  }
  EXPECT_TRUE(std::is_sorted(pauses.begin(), pauses.end()));
  EXPECT_LE(pauses.back(), absl::Minutes(1));
  EXPECT_GT(pauses.back(), absl::Seconds(59));
  opener_.SetMode(Mode::kNormal);
  MakeDue();
  EXPECT_EQ(*conversions_.CompleteDue(10), 1);
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, TwoCompletersAtOnceDoItOnce) {
  opener_.SetMode(Mode::kAway);
  EXPECT_FALSE(Convert(Call()).ok());
  opener_.SetMode(Mode::kNormal);
  MakeDue();
  MakeDue();
  EXPECT_EQ(*conversions_.CompleteDue(10), 2);
  ExpectConvertedOnce();
}

TEST_F(ConversionTest, ABatchWaitsForItsLeastPatientCallButNeverTooShort) {
  const absl::Time now = clock_.Now();
  for (const auto& [patience, expected] :
       {std::pair(absl::Seconds(3), absl::Seconds(3)), std::pair(absl::Seconds(1), kLeastTime),
        std::pair(absl::Minutes(1), kMostPatience)}) {
    opener_.SetMode(Mode::kAway);
    std::vector<ConversionCall> calls = {Call(), Call()};
    calls[0].deadline = now + absl::Minutes(2);
    calls[1].deadline = now + patience;
    std::vector<ConversionCall*> pointers = {&calls[0], &calls[1]};
    conversions_.Convert(pointers);
    EXPECT_EQ(opener_.latest_order().deadline, now + expected);
  }
}

TEST_F(ConversionTest, AnUnknownLeadIsNotFound) {
  ConversionCall call = Call();
  call.lead.id = testing::IdOf(77);
  EXPECT_EQ(Convert(call).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace crm::lead
