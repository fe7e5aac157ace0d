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
  EXPECT_THAT(account.members, ElementsAre(AccountMember{kPerson}));
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
  EXPECT_THAT(account.members, ElementsAre(AccountMember{kPerson})) << "each once";
}

TEST(AccountTest, AWinReopensAClosedOne) {
  Account account = Opened(Sale(1, base::Money{"USD", 1000}, 5));
  account.status = AccountStatus::kClosed;
  account.close_reason = AccountCloseReason::kOther;
  account.close_note = "moved";
  const Win win = Sale(2, base::Money{"USD", 5}, 9);
  AddWin(account, win, Move(win));
  EXPECT_EQ(account.status, AccountStatus::kActive);
  EXPECT_EQ(account.close_reason, AccountCloseReason::kUnspecified);
  EXPECT_EQ(account.close_note, "");
  const StageChange& change = account.stage_changes.back();
  EXPECT_EQ(change.from, "CLOSED");
  EXPECT_EQ(change.to, "ACTIVE");
  EXPECT_EQ(change.reason, "WIN");
  EXPECT_EQ(change.win_amount, win.amount);
  EXPECT_EQ(account.stage_changes.front().reason, "") << "the opening";
}

TEST(AccountTest, AnEarlierWinThatArrivesLaterDoesNotTurnTimeBack) {
  Account account = Opened(Sale(1, std::nullopt, 5));
  const Win earlier = Sale(2, std::nullopt, 1);
  AddWin(account, earlier, Move(earlier));
  EXPECT_EQ(account.stage_changes[1].effective_time, account.open_time);
  EXPECT_EQ(account.last_win_time, account.open_time);
}

TEST(AccountTest, AReopenedSaleIsSubtracted) {
  const Win win = Sale(1, base::Money{"USD", 1000}, 0);
  Account account = Opened(win);
  RemoveWin(account, win);
  EXPECT_EQ(account.win_count, 0);
  EXPECT_TRUE(account.win_sums.empty());
  EXPECT_EQ(account.last_win_time, std::nullopt);
  EXPECT_EQ(account.status, AccountStatus::kActive);
  EXPECT_EQ(account.stage_changes.size(), 1u) << "no move of its own";
}

TEST(AccountTest, TheTimeOfTheLastWinIsUnknownOnceTheLatestIsRemoved) {
  const Win first = Sale(1, std::nullopt, 1);
  const Win latest = Sale(2, std::nullopt, 5);
  Account account = Opened(first);
  AddWin(account, latest, Move(latest));
  Account without_first = account;
  RemoveWin(without_first, first);
  EXPECT_EQ(without_first.last_win_time, latest.time);
  RemoveWin(account, latest);
  EXPECT_EQ(account.last_win_time, std::nullopt);

  const Win earlier = Sale(3, std::nullopt, 0);
  AddWin(account, earlier, Move(earlier));
  EXPECT_EQ(account.last_win_time, std::nullopt) << "the first win was later";
}

TEST(AccountTest, RefusesToOverflow) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  Account account = Opened(Sale(1, base::Money{"USD", most}, 0));
  EXPECT_EQ(CheckOverflow(account, Sale(2, base::Money{"USD", 1}, 0)).code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_TRUE(CheckOverflow(account, Sale(2, base::Money{"EUR", 1}, 0)).ok());
}

}  // namespace
}  // namespace crm::contact
