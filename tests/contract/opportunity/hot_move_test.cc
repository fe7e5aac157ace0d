// Moves and closings stay within their page: no index has a column that they change. What lists
// need of the open ones stands in a table of its own.

#include "absl/strings/ascii.h"
#include "tests/contract/opportunity/store_fixture.h"

namespace crm::opportunity::testing {
namespace {

class HotMoves : public StoreTest {
 protected:
  // Updates of rows so far, and how many of those touched no index.
  std::string Updates() {
    return PostgresServer::Shared().Run(
        database_,
        "SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_user_tables "
        "WHERE relname = 'opportunity' AND schemaname = 'crm_opportunity'");
  }
  void Apply(aggregate::Change<Opportunity> change) {
    Update(change);
    ASSERT_TRUE(change.outcome.ok()) << change.outcome.status();
  }
  Occasion OnDay(int day) {
    Occasion occasion = On(day);
    occasion.event_id = Id(++events_);
    return occasion;
  }
  void LoseAt(uint64_t id, int day) {
    Apply(By(id, [occasion = OnDay(day)](Opportunity& it) {
      return Lose(it, DefaultPipeline(), occasion, LossReason::kPrice);
    }));
  }
  void ReopenAt(uint64_t id, int day) {
    Apply(By(id, [occasion = OnDay(day)](Opportunity& it) {
      return Reopen(it, DefaultPipeline(), "proposal", occasion, "again");
    }));
  }
  // The open ones and by when they are expected, in the order of the numbers of their ids.
  void ExpectOpen(const std::string& expected) {
    const std::string found = PostgresServer::Shared().Run(
        database_,
        "SELECT string_agg(right(id::text, 1) || ':' || due, ' ' ORDER BY id) "
        "FROM crm_opportunity.open_opportunity");
    EXPECT_EQ(absl::StripAsciiWhitespace(found), expected);
  }
  void ExpectUpdates(const std::string& expected) {
    OpenPool();
    std::string found;
    crm::testing::Await(kPatience, [&] {
      found = std::string(absl::StripAsciiWhitespace(Updates()));
      return found == expected;
    });
    EXPECT_EQ(found, expected);
  }
};

TEST_F(HotMoves, TouchNoIndexHoweverFullTheRow) {
  auto creation = New(1, "deal-1");
  for (const OpportunityEdit& edit : EveryEdit()) {
    if (!edit.amount) {
      ASSERT_TRUE(Edit(creation.aggregate, edit, DefaultPipeline()).ok());
    }
  }
  Create(creation);
  ASSERT_TRUE(creation.outcome.ok()) << creation.outcome.status();
  int day = 0;
  for (const char* const stage : {"proposal", "contract", "discovery"}) {
    auto move = MoveTo(1, stage, ++day);
    Update(move);
    ASSERT_TRUE(move.outcome.ok()) << move.outcome.status();
  }
  ExpectUpdates("3 3");
  // An edit of what is indexed is counted otherwise, or this shows nothing.
  OpportunityEdit edit;
  edit.owner = "agent-99";
  auto change = EditOf(1, edit);
  Update(change);
  ASSERT_TRUE(change.outcome.ok()) << change.outcome.status();
  ExpectUpdates("4 3");
}

TEST_F(HotMoves, ClosingAndReopeningTouchNoIndex) {
  auto creation = New(1, "deal-1");
  Create(creation);
  ASSERT_TRUE(creation.outcome.ok()) << creation.outcome.status();
  LoseAt(1, 1);
  ReopenAt(1, 2);
  ExpectUpdates("2 2");
}

TEST_F(HotMoves, AnEditOfWhatIsNotIndexedWritesTheRowOnceAndNoIndex) {
  auto creation = New(1);
  Create(creation);
  ASSERT_TRUE(creation.outcome.ok()) << creation.outcome.status();
  OpportunityEdit edit;
  edit.display_name = "Renamed";
  auto change = EditOf(1, edit);
  Update(change);
  ASSERT_TRUE(change.outcome.ok()) << change.outcome.status();
  EXPECT_EQ(Stored(1)->display_name, "Renamed");
  ExpectUpdates("1 1");
}

// Whoever writes: also a program that does not know of the table.
TEST_F(HotMoves, TheTableOfOpenOnesFollowsEveryWrite) {
  auto first = New(1);
  auto second = New(2);
  Create(first, second);
  ExpectOpen("1:10000-01-01 2:10000-01-01");
  OpportunityEdit edit;
  edit.expected_close_date = absl::CivilDay(2027, 3, 31);
  Apply(EditOf(1, edit));
  ExpectOpen("1:2027-03-31 2:10000-01-01");
  LoseAt(1, 1);
  ExpectOpen("2:10000-01-01");
  ReopenAt(1, 2);
  ExpectOpen("1:2027-03-31 2:10000-01-01");
  PostgresServer::Shared().Run(
      database_, "UPDATE crm_opportunity.opportunity SET expected_close_date = '2027-05-05'");
  ExpectOpen("1:2027-05-05 2:2027-05-05");
}

// Reports look for what was closed after an instant: a row for each closing, with a time not before
// that at which the move was recorded.
TEST_F(HotMoves, EveryClosingIsKept) {
  auto first = New(1);
  Create(first);
  LoseAt(1, 1);
  clock_.Advance(absl::Hours(1));
  ReopenAt(1, 2);
  LoseAt(1, 3);
  const std::string kept = PostgresServer::Shared().Run(
      database_,
      "SELECT string_agg(right(c.id::text, 1) || (c.record_time >= h.recorded_time), ' ') "
      "FROM (SELECT *, row_number() OVER (ORDER BY record_time) AS n "
      "FROM crm_opportunity.closed_opportunity) AS c "
      "JOIN (SELECT *, row_number() OVER (ORDER BY version) AS n "
      "FROM crm_opportunity.stage_history WHERE to_type = 'LOST') AS h USING (n) "
      "JOIN crm_opportunity.opportunity o ON o.id = c.id AND o.open_time = c.open_time "
      "AND o.create_time = c.create_time");
  EXPECT_EQ(absl::StripAsciiWhitespace(kept), "1true 1true");
}

}  // namespace
}  // namespace crm::opportunity::testing
