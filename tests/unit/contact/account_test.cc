#include "services/contact/domain/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace crm::contact {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);
const base::Uuid kCustomer(1, 1);
const base::Uuid kPerson(1, 2);

Win Sale(uint64_t opportunity, std::optional<base::Money> amount, int day) {
  return {base::Uuid(5, opportunity), kPerson, std::move(amount), kStart + absl::Hours(24 * day)};
}

StageChange Move(const Win& win) {
  StageChange change;
  change.effective_time = win.time;
  change.owner = "agent";
  return change;
}

Account Opened(const Win& win) {
  Account account;
  account.customer = kCustomer;
  AddWin(account, win, Move(win));
  return account;
}

TEST(AccountTest, ItsIdFollowsFromTheCustomer) {
  EXPECT_EQ(AccountIdOf(kCustomer), AccountIdOf(kCustomer));
  EXPECT_NE(AccountIdOf(kCustomer), AccountIdOf(kPerson));
  EXPECT_EQ(AccountIdOf(kCustomer).Version(), 5);
}

TEST(AccountTest, TheFirstWinOpensIt) {
  const Win win = Sale(1, base::Money{"USD", 1000}, 0);
  const Account account = Opened(win);
  EXPECT_EQ(account.first_opportunity, win.opportunity);
  EXPECT_EQ(account.owner, "agent");
  EXPECT_EQ(account.open_time, win.time);
  EXPECT_EQ(account.stage_version, 1);
  ASSERT_EQ(account.stage_changes.size(), 1u);
  EXPECT_EQ(account.stage_changes[0].from, "");
  EXPECT_EQ(account.stage_changes[0].to, "ACTIVE");
  EXPECT_EQ(account.stage_changes[0].win_amount, win.amount);
  EXPECT_THAT(account.members, ElementsAre(kPerson));
}

TEST(AccountTest, LaterWinsAddPerCurrency) {
  Account account = Opened(Sale(1, base::Money{"USD", 1000}, 5));
  for (const Win& win : {Sale(2, base::Money{"EUR", 7}, 6), Sale(3, base::Money{"USD", 1}, 7),
                         Sale(4, std::nullopt, 8)}) {
    AddWin(account, win, Move(win));
  }
  EXPECT_EQ(account.win_count, 4);
  EXPECT_THAT(account.win_sums, ElementsAre(Pair("EUR", 7), Pair("USD", 1001)));
  EXPECT_EQ(account.last_win_time, kStart + absl::Hours(24 * 8));
  EXPECT_EQ(account.first_opportunity, base::Uuid(5, 1));
  EXPECT_EQ(account.stage_changes[3].from, "ACTIVE");
  EXPECT_EQ(account.stage_changes[3].version, 4);
  EXPECT_THAT(account.members, ElementsAre(kPerson)) << "each once";
}

TEST(AccountTest, AnEarlierWinHeardOfLaterDoesNotTurnTimeBack) {
  Account account = Opened(Sale(1, std::nullopt, 5));
  const Win earlier = Sale(2, std::nullopt, 1);
  AddWin(account, earlier, Move(earlier));
  EXPECT_EQ(account.stage_changes[1].effective_time, account.open_time);
  EXPECT_EQ(account.last_win_time, account.open_time);
}

TEST(AccountTest, AReopenedSaleIsTakenBack) {
  const Win win = Sale(1, base::Money{"USD", 1000}, 0);
  Account account = Opened(win);
  TakeBackWin(account, win);
  EXPECT_EQ(account.win_count, 0);
  EXPECT_TRUE(account.win_sums.empty());
  EXPECT_TRUE(account.win_taken_back);
  EXPECT_EQ(account.status, AccountStatus::kActive);
  EXPECT_EQ(account.stage_changes.size(), 1u) << "no move of its own";
}

TEST(AccountTest, RefusesToOverflow) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  Account account = Opened(Sale(1, base::Money{"USD", most}, 0));
  EXPECT_EQ(CheckRoom(account, Sale(2, base::Money{"USD", 1}, 0)).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(CheckRoom(account, Sale(2, base::Money{"EUR", 1}, 0)).ok());
}

}  // namespace
}  // namespace crm::contact
