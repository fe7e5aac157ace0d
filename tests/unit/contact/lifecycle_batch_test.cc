#include "services/contact/domain/lifecycle_batch.h"

#include "tests/unit/contact/lifecycle_fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(StageTest, FollowsFromWhatIsLive) {
  for (const bool customer : {false, true}) {
    for (int64_t leads = 0; leads < 3; ++leads) {
      for (int64_t deals = 0; deals < 3; ++deals) {
        const LifecycleStage expected = customer    ? LifecycleStage::kCustomer
                                        : deals > 0 ? LifecycleStage::kOpportunity
                                        : leads > 0 ? LifecycleStage::kLead
                                                    : LifecycleStage::kContact;
        EXPECT_EQ(StageOf(customer, {leads, deals}), expected);
      }
    }
  }
}

TEST_F(LifecycleBatchTest, GoesFromContactToCustomer) {
  Apply(LeadAt(1, ThingState::kLive));
  Apply(LeadAt(2, ThingState::kLive));
  Apply(DealAt(1, ThingState::kLive));
  Apply(Converted(5));
  Apply(DealAt(2, ThingState::kWon));
  EXPECT_THAT(PathOf(kPerson), ElementsAre("LEAD", "OPPORTUNITY", "CUSTOMER"));
  EXPECT_THAT(PathOf(kCompany), ElementsAre("CUSTOMER"));
  int64_t version = 1;
  for (const StageChange& move : Of(kPerson).stage_changes) EXPECT_EQ(move.version, ++version);
}

TEST_F(LifecycleBatchTest, FallsBackWhenTheLastLiveThingEndsWithoutASale) {
  Apply(LeadAt(1, ThingState::kLive));
  Apply(DealAt(1, ThingState::kLive));
  Apply(LeadAt(2, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kOpportunity) << "a further stage is live";
  Apply(DealAt(2, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kContact);
}

TEST_F(LifecycleBatchTest, GoesBackToLeadWhileALeadIsLive) {
  Apply(LeadAt(1, ThingState::kLive));
  Apply(DealAt(1, ThingState::kLive));
  Apply(DealAt(2, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kLead);
}

TEST_F(LifecycleBatchTest, ACustomerStaysACustomer) {
  Apply(DealAt(1, ThingState::kWon));
  Apply(DealAt(2, ThingState::kLive));
  Apply(DealAt(3, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kCustomer);
  EXPECT_EQ(StageOf(kCompany), LifecycleStage::kCustomer);
}

TEST_F(LifecycleBatchTest, TheOpportunityOfAConvertedLeadCountsBeforeItsFirstEvent) {
  Apply(LeadAt(1, ThingState::kLive));
  Apply(Converted(2));
  EXPECT_THAT(PathOf(kPerson), ElementsAre("LEAD", "OPPORTUNITY")) << "no fall in between";
  Apply(DealAt(1, ThingState::kLive));
  EXPECT_EQ(Of(kPerson).live, (LiveThings{0, 1})) << "expected and known are the same one";
  EXPECT_EQ(Of(kPerson).stage_changes.size(), 2u);
}

TEST_F(LifecycleBatchTest, EventsThatAreNotNewerChangeNothing) {
  Apply(DealAt(3, ThingState::kEnded));
  Apply(DealAt(2, ThingState::kWon));
  Apply(DealAt(3, ThingState::kEnded));
  EXPECT_EQ(StageOf(kPerson), LifecycleStage::kContact);
  EXPECT_TRUE(batch_.accounts().empty());
}

TEST_F(LifecycleBatchTest, AnUnknownContactIsAnErrorThatChangesNothing) {
  const absl::Status status =
      batch_.Apply(Move(ThingKind::kLead, kLead, 1, ThingState::kLive, base::Uuid(7, 7)));
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(batch_.engagements().empty());
}

TEST_F(LifecycleBatchTest, MovesAreEffectiveWhenTheirCauseWasButNeverBackwards) {
  NeighbourMove late = LeadAt(1, ThingState::kLive);
  late.effective_time = kStart + absl::Hours(100);
  Apply(late);
  NeighbourMove early = DealAt(1, ThingState::kLive);
  early.effective_time = kStart + absl::Hours(10);
  Apply(early);
  const auto& moves = Of(kPerson).stage_changes;
  EXPECT_EQ(moves[0].effective_time, late.effective_time);
  EXPECT_EQ(moves[0].previous_effective_time, kStart);
  EXPECT_EQ(moves[1].effective_time, late.effective_time);
  EXPECT_EQ(moves[1].record_time, kNow);
  EXPECT_EQ(moves[1].causation_id, early.event_id.ToString());
  EXPECT_EQ(moves[1].actor, "importer");
}

TEST_F(LifecycleBatchTest, TheAccountBelongsToTheOrganizationElseToThePerson) {
  Apply(DealAt(1, ThingState::kWon));
  NeighbourMove single =
      Move(ThingKind::kOpportunity, base::Uuid(3, 2), 1, ThingState::kWon, kSingle);
  Apply(single);
  ASSERT_EQ(batch_.accounts().size(), 2u);
  const Account& company = AccountOf(kCompany);
  EXPECT_EQ(company.customer, kCompany);
  EXPECT_EQ(company.display_name, "Acme");
  EXPECT_EQ(company.owner, "agent");
  EXPECT_THAT(company.members, ElementsAre(AccountMember{kPerson}));
  const Account& bob = AccountOf(kSingle);
  EXPECT_EQ(bob.customer, kSingle);
  EXPECT_TRUE(bob.members.empty());
}

TEST_F(LifecycleBatchTest, WinsAreAddedOnceAndSubtractedWhenReopened) {
  Apply(DealAt(1, ThingState::kWon));
  Apply(DealAt(1, ThingState::kWon));
  EXPECT_EQ(AccountOf(kCompany).win_count, 1);
  Apply(DealAt(2, ThingState::kLive));
  EXPECT_EQ(AccountOf(kCompany).win_count, 0);
  NeighbourMove again = DealAt(3, ThingState::kWon);
  again.amount = base::Money{"USD", 250};
  Apply(again);
  EXPECT_EQ(AccountOf(kCompany).win_count, 1);
  EXPECT_THAT(AccountOf(kCompany).win_sums, ElementsAre(Pair("USD", 250)));
  EXPECT_EQ(AccountOf(kCompany).stage_version, 2);
}

TEST_F(LifecycleBatchTest, SumsAreThoseOfTheDealsWonLast) {
  int64_t expected = 0;
  for (uint64_t i = 0; i < 50; ++i) {
    NeighbourMove deal = DealAt(1, ThingState::kWon, base::Uuid(4, i));
    deal.amount = base::Money{"USD", static_cast<int64_t>(i * i)};
    Apply(deal);
    if (i % 3 == 0) Apply(DealAt(2, ThingState::kLive, base::Uuid(4, i)));
    if (i % 3 != 0) expected += static_cast<int64_t>(i * i);
  }
  const Account& account = AccountOf(kCompany);
  EXPECT_EQ(account.win_sums.at("USD"), expected);
  EXPECT_EQ(account.win_count, 33);
}

}  // namespace
}  // namespace crm::contact::testing
