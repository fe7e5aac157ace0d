// Which moves are relevant, and that those skipped are never missed.

#include <algorithm>
#include <numeric>

#include "tests/unit/contact/lifecycle_fixture.h"

namespace crm::contact::testing {
namespace {

constexpr ThingState kLive = ThingState::kLive;
constexpr ThingState kEnded = ThingState::kEnded;
constexpr ThingState kWon = ThingState::kWon;

NeighbourMove From(ThingState previous, NeighbourMove move) {
  move.previous = previous;
  return move;
}

TEST(RelevanceTest, ANeutralMoveOfAThingInThatStateIsNot) {
  EXPECT_FALSE(IsRelevant(From(kLive, LeadAt(2, kLive)), {kPerson, 1, kLive}));
  EXPECT_FALSE(IsRelevant(From(kEnded, LeadAt(5, kEnded)), {kPerson, 2, kEnded}));
  EXPECT_FALSE(IsRelevant(From(kLive, DealAt(9, kLive)), {kPerson, 1, kLive}));
}

TEST(RelevanceTest, AMoveThatIsNotNewerIsNot) {
  EXPECT_FALSE(IsRelevant(From(kLive, LeadAt(2, kEnded)), {kPerson, 2, kLive}));
  EXPECT_FALSE(IsRelevant(From(kLive, DealAt(2, kWon)), {kPerson, 3, kLive}));
}

TEST(RelevanceTest, AnotherStateIs) {
  EXPECT_TRUE(IsRelevant(From(kLive, LeadAt(2, kEnded)), {kPerson, 1, kLive}));
  EXPECT_TRUE(IsRelevant(From(kEnded, LeadAt(3, kEnded)), {kPerson, 1, kLive}));
}

TEST(RelevanceTest, TheKnownStateIsWhenThereWasAnotherInBetween) {
  EXPECT_TRUE(IsRelevant(From(kEnded, LeadAt(3, kLive)), {kPerson, 1, kLive}));
  EXPECT_TRUE(IsRelevant(LeadAt(3, kLive), {kPerson, 1, kLive})) << "nobody knows from where";
}

TEST(RelevanceTest, AnotherContactIs) {
  EXPECT_TRUE(IsRelevant(From(kLive, LeadAt(2, kLive)), {kSingle, 1, kLive}));
}

TEST(RelevanceTest, AMoveThatRestoresIsWhenSomethingNewerWasApplied) {
  const NeighbourMove first = Restored(LeadAt(1, kLive));
  EXPECT_TRUE(IsRelevant(first, {kPerson, 1, kLive}));
  EXPECT_TRUE(IsRelevant(first, {kPerson, 0, kLive})) << "it was foretold and never made";
  EXPECT_FALSE(IsRelevant(first, {kPerson, 0, kEnded})) << "once";
  const NeighbourMove second = Restored(From(kLive, LeadAt(2, kEnded)));
  EXPECT_EQ(second.state, kLive);
  EXPECT_TRUE(IsRelevant(second, {kPerson, 2, kEnded}));
  EXPECT_FALSE(IsRelevant(second, {kPerson, 1, kLive}));
}

TEST(RelevanceTest, AFurtherSaleAndAConversionAlwaysAre) {
  EXPECT_TRUE(IsRelevant(From(kWon, DealAt(3, kWon)), {kPerson, 2, kWon}));
  EXPECT_TRUE(IsRelevant(From(kEnded, Converted(3)), {kPerson, 2, kEnded}));
}

TEST(RelevanceTest, TheFirstMoveOfAnExpectedOpportunityIs) {
  EXPECT_TRUE(IsRelevant(DealAt(1, kLive), {kPerson, 0, kLive}));
  EXPECT_TRUE(IsRelevant(From(kLive, DealAt(2, kLive)), {kPerson, 0, kLive}));
  EXPECT_TRUE(IsRelevant(DealAt(1, kEnded), {kPerson, 0, kLive}));
  EXPECT_TRUE(IsRelevant(DealAt(1, kWon), {kPerson, 0, kLive}));
}

TEST_F(LifecycleBatchTest, AFirstMoveIsRelevantHoweverNeutralItIs) {
  EXPECT_TRUE(batch_.IsRelevant(From(kLive, LeadAt(7, kLive)))) << "its thing is not known";
  Apply(From(kLive, LeadAt(7, kLive)));
  EXPECT_FALSE(batch_.IsRelevant(From(kLive, LeadAt(8, kLive))));
  EXPECT_EQ(Of(kPerson).live, (LiveThings{1, 0}));
}

TEST_F(LifecycleBatchTest, WhatIsNotRelevantNeedsNoContactAndChangesNothing) {
  batch_.contacts().clear();
  batch_.engagements()[LeadAt(1, kLive).thing] = Loaded(Engagement{kPerson, 1, kLive});
  Apply(From(kLive, LeadAt(2, kLive)));
  Apply(LeadAt(1, kLive));
  EXPECT_FALSE(batch_.engagements().begin()->second.changed());
}

TEST_F(LifecycleBatchTest, AReplayedDeadLetterDoesNotUndoTheMoveThatReversedIt) {
  Apply(LeadAt(1, kLive));
  Apply(From(kEnded, LeadAt(3, kLive)));
  Apply(From(kLive, LeadAt(4, kLive)));
  Apply(From(kLive, LeadAt(2, kEnded)));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kLead);
  EXPECT_EQ(Of(kPerson).live, (LiveThings{1, 0}));
}

// A thing's moves through these states.
std::vector<NeighbourMove> Through(const std::vector<ThingState>& states) {
  std::vector<NeighbourMove> moves;
  for (const ThingState state : states) {
    moves.push_back(DealAt(static_cast<int64_t>(moves.size()) + 1, state));
  }
  return Chained(std::move(moves));
}

// Every order in which moves and replayed dead letters can come, the conversion of the lead among
// them.
TEST_F(LifecycleBatchTest, EveryOrderOfAThingsMovesEndsInItsLast) {
  constexpr int kMoves = 4;
  for (int story = 0; story < 81; ++story) {  // 3 states, 4 moves
    std::vector<ThingState> states;
    for (int i = 0, rest = story; i < kMoves; ++i, rest /= 3) {
      states.push_back(static_cast<ThingState>(rest % 3));
    }
    std::vector<NeighbourMove> moves = Through(states);
    moves.push_back(Converted(1));
    std::vector<size_t> order(moves.size());
    std::iota(order.begin(), order.end(), 0);
    do {
      batch_ = Fresh();
      for (const size_t i : order) Apply(moves[i]);
      for (const size_t i : order) Apply(moves[i]);
      const ThingState last = states.back();
      ASSERT_EQ(batch_.engagements().at(moves[0].thing).after->state, last) << "story " << story;
      ASSERT_EQ(Of(kPerson).live, (LiveThings{0, last == kLive ? 1 : 0})) << "story " << story;
      const auto account = batch_.accounts().find(base::TenantKey{kTenant, AccountIdOf(kCompany)});
      const int64_t wins =
          account == batch_.accounts().end() ? 0 : account->second.after->win_count;
      ASSERT_EQ(wins, last == kWon ? 1 : 0) << "story " << story;
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

}  // namespace
}  // namespace crm::contact::testing
