// The lifecycle's rows: what a batch reads and writes, against PostgreSQL.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "services/contact/store/account_table.h"
#include "services/contact/store/contact_reads.h"
#include "services/contact/store/lifecycle_reads.h"
#include "services/contact/store/lifecycle_store.h"
#include "services/contact/store/statements.h"
#include "tests/contract/contact/store_fixture.h"

namespace crm::contact::testing {
namespace {

class LifecycleStore : public StoreTest {
 protected:
  // Contact 1 is an organization, 2 its person, 3 a person alone.
  LifecycleStore() {
    Creation organization = NewOrganization(1);
    Contact draft = NewPerson(2).aggregate;
    draft.employments = {{Id(1)}};
    Creation person = Opened(draft);
    Creation single = NewPerson(3);
    Create(organization, person, single);
    EXPECT_TRUE(person.outcome.ok()) << person.outcome.status();
  }

  NeighbourMove Move(ThingKind kind, uint64_t thing, int64_t version, ThingState state,
                     uint64_t contact = 2) {
    NeighbourMove move;
    move.thing = {"acme", kind, Id(thing)};
    move.version = version;
    move.state = state;
    move.contact = Id(contact);
    move.effective_time = kStart + absl::Hours(version);
    move.event_id = ids_.New();
    move.owner = "agent-9";
    if (state == ThingState::kWon) move.amount = base::Money{"USD", 100};
    return move;
  }
  NeighbourMove Lead(uint64_t thing, int64_t version, ThingState state) {
    return Move(ThingKind::kLead, thing, version, state);
  }
  NeighbourMove Deal(uint64_t thing, int64_t version, ThingState state, uint64_t contact = 2) {
    return Move(ThingKind::kOpportunity, thing, version, state, contact);
  }

  absl::Status Apply(const std::vector<NeighbourMove>& moves) {
    return pg::RunInTransaction(*pool_, pg::Tenants::All(), absl::Now() + kPatience,
                                [&](pg::Transaction& transaction) {
                                  LifecycleBatch batch(clock_.Now(), ids_);
                                  CRM_RETURN_IF_ERROR(LoadBatch(transaction, moves, batch));
                                  for (const NeighbourMove& move : moves)
                                    CRM_RETURN_IF_ERROR(batch.Apply(move));
                                  return SaveBatch(transaction, clock_.Now(), batch);
                                });
  }

  // Applies them as a reader does whose batches end anywhere and some of whose moves become dead
  // letters; those are replayed at last, one by one.
  void Deliver(const std::vector<NeighbourMove>& moves, std::mt19937& random) {
    std::vector<NeighbourMove> batch;
    std::vector<NeighbourMove> letters;
    for (const NeighbourMove& move : moves) {
      (random() % 6 == 0 ? letters : batch).push_back(move);
      if (random() % 8 != 0) continue;
      ASSERT_TRUE(Apply(batch).ok());
      if (random() % 4 != 0) batch.clear();  // else it comes again
    }
    ASSERT_TRUE(Apply(batch).ok());
    std::shuffle(letters.begin(), letters.end(), random);
    for (const NeighbourMove& move : letters) ASSERT_TRUE(Apply({move}).ok());
  }

  std::optional<Account> StoredAccount(uint64_t customer) {
    const auto rows = pool_->Read(
        pg::Tenants::All(),
        {"test_accounts", "SELECT " CRM_ACCOUNT_COLUMNS " FROM account WHERE customer = "
                          "$1::uuid"},
        pg::MakeParams(Id(customer)), absl::Now() + kPatience);
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok() || rows->empty()) return std::nullopt;
    return ReadAccount((*rows)[0]).value();
  }

  // The counters against what they count.
  void ExpectCountsMatch() {
    EXPECT_EQ(Sql("SELECT count(*) FROM contact_lifecycle l FULL JOIN ("
                  " SELECT tenant, contact,"
                  " count(*) FILTER (WHERE kind = 'lead' AND state = 'live') AS leads,"
                  " count(*) FILTER (WHERE kind = 'opportunity' AND state = 'live') AS deals"
                  " FROM contact_engagement GROUP BY 1, 2) e USING (tenant, contact)"
                  " WHERE coalesce(l.live_leads, 0) <> coalesce(e.leads, 0)"
                  " OR coalesce(l.live_opportunities, 0) <> coalesce(e.deals, 0)"),
              "0");
  }
};

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

TEST_F(LifecycleStore, AllStagesInOneBatchRecordEveryMove) {
  NeighbourMove converted = Lead(10, 4, ThingState::kEnded);
  converted.successor = Id(20);
  ASSERT_TRUE(Apply({Lead(10, 1, ThingState::kLive), Deal(20, 1, ThingState::kLive), converted,
                     Deal(20, 2, ThingState::kWon)})
                  .ok());
  EXPECT_EQ(Stored(2)->stage, LifecycleStage::kCustomer);
  EXPECT_EQ(Stored(2)->stage_version, 4);
  EXPECT_EQ(Stored(2)->revision, 2);
  EXPECT_EQ(Stored(1)->stage, LifecycleStage::kCustomer);
  EXPECT_EQ(Sql("SELECT version, from_stage, to_stage FROM stage_history WHERE aggregate = '" +
                Id(2).ToString() + "' ORDER BY version"),
            "1||CONTACT\n2|CONTACT|LEAD\n3|LEAD|OPPORTUNITY\n4|OPPORTUNITY|CUSTOMER");
  EXPECT_EQ(Sql("SELECT kind, from_stage, to_stage FROM stage_history WHERE kind = 'account'"),
            "account||ACTIVE");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_in"), "8") << "3 creations, 3 + 1 moves, 1 account";
  ExpectCountsMatch();
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

TEST_F(LifecycleStore, ARepeatedBatchChangesNothing) {
  const std::vector<NeighbourMove> moves = {Lead(10, 1, ThingState::kLive),
                                            Deal(20, 1, ThingState::kWon)};
  ASSERT_TRUE(Apply(moves).ok());
  const std::string before = Sql("SELECT * FROM contact ORDER BY id; ") +
                             Sql("SELECT * FROM account") + Sql("SELECT * FROM stage_history");
  ASSERT_TRUE(Apply(moves).ok());
  EXPECT_EQ(Sql("SELECT * FROM contact ORDER BY id; ") + Sql("SELECT * FROM account") +
                Sql("SELECT * FROM stage_history"),
            before);
  ExpectCountsMatch();
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

TEST_F(LifecycleStore, AnUnknownContactUndoesTheBatch) {
  const absl::Status status =
      Apply({Lead(10, 1, ThingState::kLive), Deal(20, 1, ThingState::kLive, 99)});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Stored(2)->stage, LifecycleStage::kContact);
  EXPECT_EQ(Sql("SELECT count(*) FROM contact_engagement"), "0");
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

TEST_F(LifecycleStore, NeutralMovesReadNoContactAndWriteNoRow) {
  ASSERT_TRUE(Apply({Lead(10, 1, ThingState::kLive), Deal(20, 1, ThingState::kLive)}).ok());
  const std::string rows =
      "SELECT string_agg(t, ' ' ORDER BY t) FROM (SELECT xmin || '/' || ctid FROM contact UNION "
      "ALL "
      "SELECT xmin || '/' || ctid FROM contact_engagement UNION ALL "
      "SELECT xmin || '/' || ctid FROM contact_lifecycle) AS x (t)";
  const std::string before = Sql(rows);
  std::vector<NeighbourMove> moves = {
      Lead(10, 2, ThingState::kLive), Lead(10, 3, ThingState::kLive),
      Deal(20, 2, ThingState::kLive), Deal(20, 1, ThingState::kLive)};
  for (NeighbourMove& move : moves) move.previous = ThingState::kLive;
  ASSERT_TRUE(Apply(moves).ok());
  EXPECT_EQ(Sql(rows), before);
  const absl::Status status =
      pg::RunInTransaction(*pool_, pg::Tenants::All(), absl::Now() + kPatience,
                           [&](pg::Transaction& transaction) -> absl::Status {
                             LifecycleBatch batch(clock_.Now(), ids_);
                             CRM_RETURN_IF_ERROR(LoadBatch(transaction, moves, batch));
                             EXPECT_TRUE(batch.contacts().empty());
                             return absl::OkStatus();
                           });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(LifecycleStore, AThingsMovesInOneBatchAreOneRow) {
  std::vector<NeighbourMove> moves;
  for (int64_t version = 1; version <= 5; ++version) {
    moves.push_back(Lead(10, version, version < 5 ? ThingState::kLive : ThingState::kEnded));
    if (version > 1) moves.back().previous = ThingState::kLive;
  }
  ASSERT_TRUE(Apply(moves).ok());
  EXPECT_EQ(Sql("SELECT version, state FROM contact_engagement"), "5|ended");
  EXPECT_EQ(Sql("SELECT count(*) FROM contact_lifecycle"), "0") << "none is live, as before";
  EXPECT_EQ(Stored(2)->stage, LifecycleStage::kContact);
  EXPECT_EQ(Stored(2)->stage_version, 3);
}

// Batches cut anywhere and repeated, dead letters replayed in any order: what is known in
// the end is what each thing's last move says.
TEST_F(LifecycleStore, WhateverTheDeliveryTheEndIsTheSame) {
  std::mt19937 random(20261123);
  for (uint64_t round = 0; round < 4; ++round) {
    std::vector<NeighbourMove> moves;
    std::vector<std::string> expected;
    for (uint64_t n = 0; n < 30; ++n) {
      const uint64_t thing = 1000 * (round + 1) + n;
      std::optional<ThingState> state;
      for (int64_t version = 1; version <= 6; ++version) {
        moves.push_back(Deal(thing, version, static_cast<ThingState>(random() % 5 % 3), 2 + n % 2));
        moves.back().previous = state;
        state = moves.back().state;
      }
      const char* const names[] = {"live", "ended", "won"};
      expected.push_back(names[static_cast<size_t>(*state)]);
    }
    std::stable_sort(moves.begin(), moves.end(),
                     [](const auto& a, const auto& b) { return a.version < b.version; });
    Deliver(moves, random);
    EXPECT_EQ(Sql(absl::StrCat("SELECT string_agg(state, ' ' ORDER BY thing) FROM "
                               "contact_engagement WHERE thing >= '",
                               Id(1000 * (round + 1)).ToString(), "'")),
              absl::StrJoin(expected, " "));
    ExpectCountsMatch();
  }
  EXPECT_EQ(Sql("SELECT sum(win_count) FROM account"),
            Sql("SELECT count(*) FROM contact_engagement WHERE state = 'won'"));
  EXPECT_EQ(Sql("SELECT sum((win_sums ->> 'USD')::bigint) FROM account"),
            Sql("SELECT 100 * count(*) FROM account_win"));
}

TEST_F(LifecycleStore, ManyThingsOfFewContactsInOneBatch) {
  std::vector<NeighbourMove> moves;
  for (uint64_t i = 0; i < 300; ++i) {
    moves.push_back(Lead(1000 + i, 1, ThingState::kLive));
    moves.push_back(Deal(2000 + i, 1, ThingState::kLive));
    moves.push_back(Lead(1000 + i, 2, ThingState::kEnded));
    moves.push_back(Deal(2000 + i, 2, i % 2 == 0 ? ThingState::kWon : ThingState::kEnded));
  }
  ASSERT_TRUE(Apply(moves).ok());
  EXPECT_EQ(StoredAccount(1)->win_count, 150);
  EXPECT_EQ(StoredAccount(1)->win_sums.at("USD"), 15000);
  EXPECT_EQ(StoredAccount(1)->stage_version, 150);
  EXPECT_EQ(Sql("SELECT count(*) FROM account_win"), "150");
  ExpectCountsMatch();
}

}  // namespace
}  // namespace crm::contact::testing
