// However moves are delivered, in batches cut anywhere, again, late: the lifecycle's rows, against
// PostgreSQL.

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/contract/contact/lifecycle_store_fixture.h"

namespace crm::contact::testing {
namespace {

class LifecycleDelivery : public LifecycleStore {
 protected:
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
};

TEST_F(LifecycleDelivery, AllStagesInOneBatchRecordEveryMove) {
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

TEST_F(LifecycleDelivery, ARepeatedBatchChangesNothing) {
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

TEST_F(LifecycleDelivery, AnUnknownContactUndoesTheBatch) {
  const absl::Status status =
      Apply({Lead(10, 1, ThingState::kLive), Deal(20, 1, ThingState::kLive, 99)});
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Stored(2)->stage, LifecycleStage::kContact);
  EXPECT_EQ(Sql("SELECT count(*) FROM contact_engagement"), "0");
}

TEST_F(LifecycleDelivery, NeutralMovesReadNoContactAndWriteNoRow) {
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

TEST_F(LifecycleDelivery, AThingsMovesInOneBatchAreOneRow) {
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
TEST_F(LifecycleDelivery, WhateverTheDeliveryTheEndIsTheSame) {
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

TEST_F(LifecycleDelivery, ManyThingsOfFewContactsInOneBatch) {
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
