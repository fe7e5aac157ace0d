// How the relay looks at what was written and not numbered yet.

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/event/event_log.h"
#include "common/event/sequencer.h"
#include "common/pg/row_reader.h"
#include "common/stage/stage_event.h"
#include "tests/integration/event/pipeline.h"

namespace crm::event {
namespace {

using testing::Pipeline;

absl::Time InTime() { return absl::Now() + absl::Seconds(10); }

// However long a snapshot keeps PostgreSQL from forgetting the rows that were moved.
TEST(Outbox, WhoLooksDoesNotReadWhatWasMoved) {
  Pipeline pipeline;
  auto reader = pg::Connection::Open(pipeline.Database("readonly"));
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)
                  ->Execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM outbox_in")
                  .ok());
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(connection.ok() && Sequencer::PrepareSession(**connection).ok());
  Sequencer sequencer(connection->get(), 0);
  for (int i = 0; i < 40; ++i) {
    pipeline.Sql(
        "INSERT INTO crm_lead.outbox_in (event_id, tenant, aggregate, version, payload) SELECT "
        "gen_random_uuid(), 'acme', gen_random_uuid(), 1, repeat('x', 300)::bytea FROM "
        "generate_series(1, 50)");
    ASSERT_EQ(sequencer.Sequence(100)->size(), 50u);
  }
  const auto pages = [&] {
    const auto read = (*connection)
                          ->Execute(
                              "SELECT pg_stat_get_xact_blocks_fetched('outbox_in'::regclass) + "
                              "pg_stat_get_xact_blocks_fetched('outbox_in_pkey'::regclass)");
    return read.ok() ? pg::RowReader((*read)[0]).Int(0) : -1;
  };
  ASSERT_TRUE((*connection)->Execute("BEGIN").ok());
  const int64_t before = pages();
  EXPECT_EQ(sequencer.Look()->oldest_id, std::nullopt);
  EXPECT_GT(pages(), before);
  EXPECT_LT(pages(), before + 15) << "of some 90";
}

// A writer that drew its id long ago and commits now.
TEST(Outbox, AnIdThatComesLateIsNeitherLostNorOvertakenByItsThing) {
  Pipeline pipeline;
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  auto writing = pg::Connection::Open(pipeline.Database("app"));
  ASSERT_TRUE(connection.ok() && writing.ok());
  Sequencer sequencer(connection->get(), 0);
  size_t sequenced = 0;
  const auto move_others = [&] {
    for (int i = 0; i < 6; ++i) {
      ASSERT_TRUE(pipeline.Move(2 + i % 3).ok());
      sequenced += sequencer.Sequence(100)->size();
    }
  };
  move_others();
  pg::Transaction slow(**writing, pg::Tenants::All(), InTime());
  ASSERT_TRUE(pipeline.MoveIn(slow, 1).ok());
  ASSERT_TRUE(slow.Query({"test_one", "SELECT 1"}, pg::Params()).ok());  // sends the rest
  move_others();
  ASSERT_TRUE(slow.Commit().ok());
  ASSERT_TRUE(pipeline.Move(1).ok());
  EXPECT_TRUE(sequencer.Look()->oldest_id.has_value());
  while (const size_t rows = sequencer.Sequence(1)->size()) sequenced += rows;
  EXPECT_EQ(sequenced, 14u);
  const auto page = ReadLog(*pipeline.app, pg::Tenants::All(), {.after = 12, .limit = 9}, InTime());
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(stage::StageEventOf(page->rows[0])->change().version(), 1);
  EXPECT_EQ(stage::StageEventOf(page->rows[1])->change().version(), 2);
}

// Without a lock before it, which would give the transaction its number: nobody may, but nothing is
// lost if somebody does.
TEST(Outbox, ARowBehindWhereOneLooksIsFoundByTheNextCountOfTheBacklog) {
  Pipeline pipeline;
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(connection.ok());
  Sequencer sequencer(connection->get(), 0);
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(pipeline.Move(1).ok());
    ASSERT_EQ(sequencer.Sequence(100)->size(), 1u);
  }
  pipeline.Sql(
      "INSERT INTO crm_lead.outbox_in (id, event_id, tenant, aggregate, version, payload) "
      "OVERRIDING SYSTEM VALUE VALUES (1, gen_random_uuid(), 'acme', gen_random_uuid(), 1, '')");
  EXPECT_EQ(sequencer.Look()->oldest_id, std::nullopt);
  EXPECT_EQ(sequencer.MeasureBacklog()->rows, 1);
  EXPECT_EQ(sequencer.Look()->oldest_id, 1);
  EXPECT_EQ(sequencer.Sequence(100)->size(), 1u);
}

}  // namespace
}  // namespace crm::event
