// Moves stay within their page: no index has a column that every move changes.

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
  // PostgreSQL counts a little later.
  void ExpectUpdates(const std::string& expected) {
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
  ExpectUpdates("5 4");
}

}  // namespace
}  // namespace crm::opportunity::testing
