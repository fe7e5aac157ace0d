// What the moves of opportunities leave behind in the database.

#include "tests/contract/opportunity/store_fixture.h"

namespace crm::opportunity::testing {
namespace {

using aggregate::Change;
using aggregate::Creation;

class StageHistory : public StoreTest {};

TEST_F(StageHistory, HistoryKeepsEveryMoveWithItsFacts) {
  Creation<Opportunity> creation = New(1);
  creation.aggregate.amount = base::Money{"USD", 500};
  creation.aggregate.stage_changes[0].after.amount = creation.aggregate.amount;
  Create(creation);
  Change<Opportunity> forward = MoveTo(1, "needs_confirmed", 2);
  Change<Opportunity> lose = By(1, [](Opportunity& it) {
    return Lose(it, DefaultPipeline(), On(5), LossReason::kPrice, "too dear");
  });
  Update(forward, lose);
  ASSERT_TRUE(lose.outcome.ok()) << lose.outcome.status();
  const std::vector<StageChange> changes = Changes(1);
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_FALSE(changes[0].before.has_value());
  EXPECT_FALSE(changes[0].time_in_previous_stage.has_value());
  EXPECT_EQ(changes[0].after.amount, (base::Money{"USD", 500}));
  EXPECT_EQ(changes[1].overridden_gates.size(), 2u);
  EXPECT_EQ(changes[1].reason, "imported");
  EXPECT_EQ(changes[1].actor, "agent-7");
  EXPECT_EQ(changes[1].time_in_previous_stage, absl::Hours(48));
  EXPECT_EQ(changes[1].after.probability, 40);
  EXPECT_EQ(changes[2].before->stage, "needs_confirmed");
  EXPECT_EQ(changes[2].after.type, StageType::kLost);
  EXPECT_EQ(changes[2].after.probability, 0);
  EXPECT_EQ(changes[2].after.category, ForecastCategory::kOmitted);
  EXPECT_EQ(changes[2].loss_reason, LossReason::kPrice);
  EXPECT_EQ(changes[2].reason, "too dear");
  EXPECT_EQ(changes[2].time_in_previous_stage, absl::Hours(72));
}

TEST_F(StageHistory, AHistoryReadInPartsSaysTheSameAsInOne) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  const char* const stages[] = {"proposal", "discovery", "contract", "proposal"};
  for (int i = 0; i < 4; ++i) {
    Change<Opportunity> move = MoveTo(1, stages[i], i + 1);
    Update(move);
    ASSERT_TRUE(move.outcome.ok()) << move.outcome.status();
  }
  const std::vector<StageChange> whole = Changes(1);
  ASSERT_EQ(whole.size(), 5u);
  std::vector<StageChange> parts;
  for (int64_t after = 0; after < 5; after += 2) {
    for (StageChange& change : Changes(1, after, 2)) parts.push_back(std::move(change));
  }
  EXPECT_EQ(parts, whole);
  EXPECT_TRUE(Changes(2).empty());
}

TEST_F(StageHistory, EventsHoldNoFreeText) {
  Creation<Opportunity> creation = New(1);
  Create(creation);
  Change<Opportunity> lose = By(1, [](Opportunity& it) {
    return Lose(it, DefaultPipeline(), On(1), LossReason::kOther, "Mrs Smith left");
  });
  Update(lose);
  const std::string events = PostgresServer::Shared().Run(
      database_, "SELECT encode(payload, 'escape') FROM crm_opportunity.outbox_in ORDER BY id");
  EXPECT_THAT(events, ::testing::HasSubstr("OTHER"));
  EXPECT_THAT(events, ::testing::Not(::testing::HasSubstr("Smith")));
  EXPECT_THAT(events, ::testing::Not(::testing::HasSubstr("presses")));
}

TEST_F(StageHistory, MovesStayWithinThePage) {
  Creation<Opportunity> creation = New(1, "deal-1");
  Create(creation);
  Change<Opportunity> move = MoveTo(1, "proposal", 1);
  Change<Opportunity> back = MoveTo(1, "discovery", 2);
  Update(move);
  Update(back);
  ASSERT_TRUE(back.outcome.ok()) << back.outcome.status();
  const auto hot = [&] {
    return PostgresServer::Shared().Run(
        database_,
        "SELECT pg_stat_get_tuples_updated(c) || ' ' || pg_stat_get_tuples_hot_updated(c) "
        "FROM (SELECT 'crm_opportunity.opportunity'::regclass AS c) AS t");
  };
  pool_.reset();  // a session reports its counts when it ends
  EXPECT_TRUE(::crm::testing::Await(kPatience, [&] { return hot() == "2 2"; })) << hot();
}

}  // namespace
}  // namespace crm::opportunity::testing
