#include "services/contact/domain/account_edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/error/error.h"
#include "services/contact/domain/contact.h"

namespace crm::contact {
namespace {

using ::testing::ElementsAre;

const absl::Time kOpened = absl::FromUnixSeconds(1'700'000'000);
const absl::Time kToday = kOpened + absl::Hours(24);
const base::Uuid kFirm(1, 1);
const base::Uuid kAnna(1, 2);
const base::Uuid kBert(1, 3);

Account InBusiness() {
  Account account;
  account.id = AccountIdOf(kFirm);
  account.customer = kFirm;
  account.owner = "agent";
  account.members = {{kAnna}};
  account.stage_version = 1;
  account.stage_time = kOpened;
  return account;
}

Occasion Today() {
  return {.now = kToday,
          .effective_time = std::nullopt,
          .event_id = base::Uuid(7, 1),
          .actor = "mara",
          .request_id = "r-1",
          .traceparent = "t-1"};
}

TEST(AccountEditTest, ChangesOnlyWhatIsGiven) {
  Account account = InBusiness();
  AccountEdit edit;
  edit.members = std::vector<AccountMember>{{kBert, BuyingRole::kBuyer}, {kAnna}};
  ASSERT_TRUE(Edit(account, edit).ok());
  EXPECT_THAT(account.members,
              ElementsAre(AccountMember{kBert, BuyingRole::kBuyer}, AccountMember{kAnna}));
  EXPECT_EQ(account.owner, "agent");
  edit = AccountEdit();
  edit.owner = " mara ";
  edit.attributes = std::map<std::string, std::string>{{"tier", "gold"}};
  ASSERT_TRUE(Edit(account, edit).ok());
  EXPECT_EQ(account.owner, "mara");
  EXPECT_EQ(account.attributes.at("tier"), "gold");
  EXPECT_EQ(account.members.size(), 2u);
  EXPECT_TRUE(account.stage_changes.empty()) << "no move";
}

TEST(AccountEditTest, EachMemberOnceAndNeverTheCustomer) {
  Account account = InBusiness();
  AccountEdit edit;
  edit.members = std::vector<AccountMember>{{kAnna}, {kFirm}, {kAnna, BuyingRole::kBuyer}};
  const auto details = error::DetailsOf(Edit(account, edit));
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->fields.size(), 2u);
  EXPECT_EQ(details->fields[0].field, "members[1].contact");
  EXPECT_EQ(details->fields[1].field, "members[2].contact");
  edit.members->assign(kMemberLimit + 1, AccountMember{kBert});
  EXPECT_EQ(error::ReasonOf(Edit(account, edit)), error::kFieldInvalid);
  EXPECT_EQ(account, InBusiness()) << "all or nothing";
}

// Every status with every move.
TEST(AccountMoveTest, ClosesWhatIsActiveAndReopensWhatIsClosed) {
  for (const AccountStatus status : {AccountStatus::kActive, AccountStatus::kClosed}) {
    Account account = InBusiness();
    account.status = status;
    const absl::Status closed = Close(account, AccountCloseReason::kUnpaid, " note ", Today());
    EXPECT_EQ(closed.ok(), status == AccountStatus::kActive);
    EXPECT_EQ(error::ReasonOf(closed), closed.ok() ? "" : error::kStateInvalid);
    account = InBusiness();
    account.status = status;
    const absl::Status reopened = Reopen(account, Today());
    EXPECT_EQ(reopened.ok(), status == AccountStatus::kClosed);
    EXPECT_EQ(error::ReasonOf(reopened), reopened.ok() ? "" : error::kStateInvalid);
  }
}

TEST(AccountMoveTest, SaysWhyWhenAndWho) {
  Account account = InBusiness();
  ASSERT_TRUE(Close(account, AccountCloseReason::kUnpaid, " since May ", Today()).ok());
  EXPECT_EQ(account.close_note, "since May");
  ASSERT_TRUE(Reopen(account, Today()).ok());
  EXPECT_EQ(account.close_reason, AccountCloseReason::kUnspecified);
  EXPECT_EQ(account.close_note, "");
  ASSERT_EQ(account.stage_changes.size(), 2u);
  const StageChange& closing = account.stage_changes[0];
  EXPECT_EQ(closing.version, 2);
  EXPECT_EQ(closing.from + closing.to, "ACTIVECLOSED");
  EXPECT_EQ(closing.reason, "UNPAID");
  EXPECT_EQ(closing.note, "since May");
  EXPECT_EQ(closing.effective_time, kToday);
  EXPECT_EQ(closing.previous_effective_time, kOpened);
  EXPECT_EQ(closing.actor, "mara");
  EXPECT_EQ(closing.contact, kFirm);
  EXPECT_EQ(closing.win_amount, std::nullopt);
  const StageChange& reopening = account.stage_changes[1];
  EXPECT_EQ(reopening.version, 3);
  EXPECT_EQ(reopening.from + reopening.to, "CLOSEDACTIVE");
  EXPECT_EQ(reopening.reason, "");
}

TEST(AccountMoveTest, NotBeforeTheLatestMove) {
  Account account = InBusiness();
  Occasion occasion = Today();
  occasion.effective_time = kOpened - absl::Seconds(1);
  EXPECT_EQ(error::ReasonOf(Close(account, AccountCloseReason::kUnpaid, "", occasion)),
            error::kEffectiveTimeInvalid);
  EXPECT_EQ(account, InBusiness());
}

}  // namespace
}  // namespace crm::contact
