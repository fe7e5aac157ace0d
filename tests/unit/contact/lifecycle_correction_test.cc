// Corrections of what was said of a deal, as contacts and accounts see them.

#include "tests/unit/contact/lifecycle_fixture.h"

namespace crm::contact::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr absl::Time (*At)(int64_t) = [](int64_t hours) { return kStart + absl::Hours(hours); };

TEST_F(LifecycleBatchTest, ACorrectedSaleIsNoSecondOne) {
  Apply(DealAt(1, ThingState::kLive));
  Apply(DealAt(2, ThingState::kWon));
  Apply(DealCorrected(3, At(2), At(1)));
  const Account& account = AccountOf(kCompany);
  EXPECT_EQ(account.win_count, 1);
  EXPECT_THAT(account.win_sums, ElementsAre(Pair("USD", 100)));
  EXPECT_EQ(account.open_time, At(1)) << "it opened when the sale was made";
  EXPECT_EQ(account.last_win_time, At(1));
  ASSERT_EQ(account.stage_changes.size(), 2u);
  EXPECT_EQ(account.stage_changes[0].effective_time, At(2)) << "what was said stays said";
  EXPECT_TRUE(account.stage_changes[1].correction);
  EXPECT_EQ(account.stage_changes[1].effective_time, At(1));
  EXPECT_FALSE(account.stage_changes[1].win_amount.has_value());
  EXPECT_EQ(PathOf(kPerson).back(), "CUSTOMER");
}

TEST_F(LifecycleBatchTest, ACorrectionOfALaterSaleLeavesTheOpenDateAlone) {
  const base::Uuid other(3, 2);
  Apply(DealAt(2, ThingState::kWon, other));
  Apply(DealAt(5, ThingState::kWon));
  Apply(DealCorrected(6, At(5), At(9)));
  const Account& account = AccountOf(kCompany);
  EXPECT_EQ(account.win_count, 2);
  EXPECT_EQ(account.open_time, At(2));
  EXPECT_FALSE(account.last_win_time) << "the store finds the latest of both";
  EXPECT_EQ(account.stage_changes.size(), 2u) << "nothing about the account changed";
}

TEST_F(LifecycleBatchTest, ACorrectionOfAnOpenOrLostDealChangesNothing) {
  for (const ThingState state : {ThingState::kLive, ThingState::kEnded}) {
    batch_ = Fresh();
    Apply(DealAt(1, state));
    const size_t moves = Of(kPerson).stage_changes.size();
    NeighbourMove correction = DealAt(2, state);
    correction.previous = state;
    correction.corrects = true;
    Apply(correction);
    EXPECT_EQ(Of(kPerson).stage_changes.size(), moves);
    EXPECT_TRUE(batch_.accounts().empty());
  }
}

TEST_F(LifecycleBatchTest, ASaleKnownFromItsCorrectionAloneCountsOnce) {
  Apply(DealCorrected(3, At(2), At(1)));
  Apply(DealAt(2, ThingState::kWon));
  const Account& account = AccountOf(kCompany);
  EXPECT_EQ(account.win_count, 1);
  EXPECT_EQ(account.open_time, At(1));
}

TEST_F(LifecycleBatchTest, AReopenedDealTakesACorrectedSaleBack) {
  Apply(DealAt(2, ThingState::kWon));
  Apply(DealCorrected(3, At(2), At(1)));
  NeighbourMove reopened = DealAt(4, ThingState::kLive);
  reopened.previous = ThingState::kWon;
  Apply(reopened);
  EXPECT_EQ(AccountOf(kCompany).win_count, 0);
  EXPECT_TRUE(AccountOf(kCompany).win_sums.empty());
}

TEST_F(LifecycleBatchTest, ACorrectionThatWasLostIsTakenBack) {
  Apply(DealAt(2, ThingState::kWon));
  const NeighbourMove correction = DealCorrected(3, At(2), At(1));
  Apply(correction);
  Apply(Restored(correction));
  EXPECT_EQ(AccountOf(kCompany).win_count, 1);
  EXPECT_EQ(AccountOf(kCompany).open_time, At(2));
}

}  // namespace
}  // namespace crm::contact::testing
