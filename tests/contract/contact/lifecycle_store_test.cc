// The lifecycle's rows: what moves make of contacts and accounts, against PostgreSQL.

#include <gmock/gmock.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "services/contact/store/contact_reads.h"
#include "tests/contract/contact/lifecycle_store_fixture.h"

namespace crm::contact::testing {
namespace {

// Contacts and accounts, told at every revision, are what they were after each batch.
TEST_F(LifecycleStore, MovesLeaveRevisions) {
  const ContactReads reads(*pool_);
  std::map<int64_t, Contact> contacts = {{1, *Stored(2)}};
  std::map<int64_t, Account> accounts;
  const auto apply = [&](NeighbourMove move) {
    clock_.Advance(absl::Minutes(1));
    move.actor = absl::StrCat("agent-", move.version);
    ASSERT_TRUE(Apply({move}).ok());
    contacts[Stored(2)->revision] = *Stored(2);
    if (const auto account = StoredAccount(1)) accounts[account->revision] = *account;
  };
  apply(Lead(10, 1, ThingState::kLive));
  apply(Deal(20, 1, ThingState::kLive));
  Change renamed = By(2, [](Contact& contact) {
    contact.owner = "agent-3";
    return absl::OkStatus();
  });
  renamed.author = {"agent-3", "UpdateContact"};
  Update(renamed);
  contacts[Stored(2)->revision] = *Stored(2);
  apply(Deal(20, 2, ThingState::kWon));
  apply(Deal(21, 1, ThingState::kWon));
  apply(Deal(20, 3, ThingState::kLive));  // takes back the first win
  apply(Deal(22, 1, ThingState::kWon));
  EXPECT_EQ(contacts.size(), 5u);
  EXPECT_EQ(accounts.size(), 4u);

  const base::Deadline deadline = absl::Now() + kPatience;
  for (const auto& [revision, contact] : contacts) {
    const auto told = reads.AsOf(*Stored(2), revision, deadline);
    ASSERT_TRUE(told.ok()) << told.status();
    EXPECT_EQ(*told, contact) << "r" << revision;
  }
  for (const auto& [revision, account] : accounts) {
    const auto told = reads.AsOf(*StoredAccount(1), revision, deadline);
    ASSERT_TRUE(told.ok()) << told.status();
    EXPECT_EQ(*told, account) << "r" << revision;
  }
  const auto of_account =
      reads.AccountRevisions({"acme", StoredAccount(1)->id}, 0, 100, deadline).value();
  ASSERT_EQ(of_account.size(), 4u);
  EXPECT_EQ(of_account[0].revision.author.method, "lifecycle");
  EXPECT_EQ(of_account[0].revision.author.actor, "agent-2");
  EXPECT_EQ(of_account[2].revision.author.actor, "agent-3") << "who took a win back";
  const auto of_contact = reads.ContactRevisions({"acme", Id(2)}, 0, 100, deadline).value();
  ASSERT_EQ(of_contact.size(), 5u);
  EXPECT_EQ(of_contact[1].revision.changes,
            absl::StrCat("[[\"stage\",\"CONTACT\",\"LEAD\"],[\"stage_version\",1,2],"
                         "[\"stage_time\",",
                         absl::ToUnixMicros(contacts[1].stage_time), ",",
                         absl::ToUnixMicros(contacts[2].stage_time), "]]"));
  EXPECT_EQ(of_contact[3].revision.author.method, "UpdateContact");
}

// Nobody's edit is lost to a move, so none is refused for one.
TEST_F(LifecycleStore, MovesMakeNoEtagStale) {
  const auto edit = [&](const std::string& etag, const std::string& owner) {
    Change change = By(2, [owner](Contact& contact) {
      contact.owner = owner;
      return absl::OkStatus();
    });
    change.etag = etag;
    Update(change);
    return ReasonOf(change.outcome.status());
  };
  const std::string read = absl::StrCat(Stored(2)->edition());
  ASSERT_TRUE(Apply({Lead(10, 1, ThingState::kLive)}).ok());
  ASSERT_TRUE(Apply({Deal(20, 1, ThingState::kLive)}).ok());
  EXPECT_EQ(Stored(2)->revision, 3);
  EXPECT_EQ(absl::StrCat(Stored(2)->edition()), read);
  EXPECT_EQ(edit(read, "agent-1"), "");
  EXPECT_EQ(edit(read, "agent-2"), "ETAG_MISMATCH");
  EXPECT_EQ(Stored(2)->owner, "agent-1");
}

TEST_F(LifecycleStore, AnAccountReadsBackAsItWasWritten) {
  ASSERT_TRUE(Apply({Deal(20, 1, ThingState::kWon)}).ok());
  ASSERT_TRUE(Apply({Deal(21, 2, ThingState::kWon, 1)}).ok());
  const Account account = *StoredAccount(1);
  EXPECT_EQ(account.id, AccountIdOf(Id(1)));
  EXPECT_EQ(account.display_name, "Organization 1");
  EXPECT_EQ(account.first_opportunity, Id(20));
  EXPECT_EQ(account.owner, "agent-9");
  EXPECT_EQ(account.open_time, kStart + absl::Hours(1));
  EXPECT_EQ(account.last_win_time, kStart + absl::Hours(2));
  EXPECT_EQ(account.win_count, 2);
  EXPECT_EQ(account.win_sums.at("USD"), 200);
  EXPECT_THAT(account.members, ::testing::ElementsAre(AccountMember{Id(2)}));
  EXPECT_EQ(account.revision, 2);
  EXPECT_EQ(account.stage_version, 2);
  EXPECT_EQ(account.create_time, clock_.Now());
}

TEST_F(LifecycleStore, AReopenedWinIsSubtractedAndTheLatestOfTheOthersStands) {
  ASSERT_TRUE(Apply({Deal(20, 1, ThingState::kWon), Deal(21, 5, ThingState::kWon)}).ok());
  EXPECT_EQ(StoredAccount(1)->last_win_time, kStart + absl::Hours(5));
  ASSERT_TRUE(Apply({Deal(21, 6, ThingState::kLive)}).ok());
  EXPECT_EQ(StoredAccount(1)->win_count, 1);
  EXPECT_EQ(StoredAccount(1)->win_sums.at("USD"), 100);
  EXPECT_EQ(StoredAccount(1)->last_win_time, kStart + absl::Hours(1));
  EXPECT_EQ(Stored(2)->stage, LifecycleStage::kCustomer);
  ASSERT_TRUE(Apply({Deal(22, 9, ThingState::kWon), Deal(22, 10, ThingState::kLive)}).ok());
  EXPECT_EQ(StoredAccount(1)->last_win_time, kStart + absl::Hours(1)) << "won only in between";
  ASSERT_TRUE(Apply({Deal(20, 2, ThingState::kLive)}).ok());
  EXPECT_EQ(StoredAccount(1)->win_count, 0);
  EXPECT_EQ(StoredAccount(1)->last_win_time, std::nullopt);
  EXPECT_EQ(StoredAccount(1)->status, AccountStatus::kActive);
  ExpectCountsMatch();
}

TEST_F(LifecycleStore, ADeletedContactGoesOnMoving) {
  Change deletion = By(2, [this](Contact& contact) { return Delete(contact, clock_.Now()); });
  Update(deletion);
  ASSERT_TRUE(Apply({Lead(10, 1, ThingState::kLive)}).ok());
  EXPECT_EQ(Stored(2)->stage, LifecycleStage::kLead);
  EXPECT_TRUE(Stored(2)->deleted());
}

TEST_F(LifecycleStore, AnOpportunityExpectedOfAnotherContactMovesOver) {
  NeighbourMove converted = Lead(10, 2, ThingState::kEnded);
  converted.successor = Id(20);
  ASSERT_TRUE(Apply({converted}).ok());
  EXPECT_EQ(Stored(2)->stage, LifecycleStage::kOpportunity);
  ASSERT_TRUE(Apply({Deal(20, 1, ThingState::kLive, 3)}).ok());
  EXPECT_EQ(Stored(2)->stage, LifecycleStage::kContact);
  EXPECT_EQ(Stored(3)->stage, LifecycleStage::kOpportunity);
  ExpectCountsMatch();
}

}  // namespace
}  // namespace crm::contact::testing
