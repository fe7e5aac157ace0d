#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/event/event_log.h"
#include "common/event/sequencer.h"
#include "common/stage/history.h"
#include "common/stage/stage_event.h"
#include "common/stage/stage_record.h"
#include "tests/integration/event/pipeline.h"

namespace crm::event {
namespace {

using testing::Pipeline;

absl::Time Soon() { return absl::Now() + absl::Seconds(10); }

stage::StageRecord FullRecord(base::IdGenerator& ids) {
  stage::StageRecord record;
  record.tenant = "acme";
  record.kind = "opportunity";
  record.id = ids.New();
  record.version = 1;
  record.event_id = ids.New();
  record.to_stage = "won";
  record.to_type = "WON";
  record.effective = absl::FromUnixMicros(1'700'000'000'123'456);
  record.recorded = absl::FromUnixSeconds(1'700'000'001);
  record.actor = "anna";
  record.reason = "PRICE";
  record.note = "said \"yes\", \\o/ {grüße}";
  record.overridden = true;
  record.gates = {"proposal/decision_maker", "odd, \"gate\" {x} \\"};
  record.amount_after = base::Money{"EUR", 123'456};
  record.probability_after = 100;
  record.category_after = "CLOSED";
  record.request_id = "r-1";
  record.change_kind = "WON";
  record.from_pipeline = "pipelines/small";
  record.to_pipeline = "pipelines/default";
  record.to_stage_key = "closed";
  record.to_name = "Gewonnen, \"endlich\"";
  record.met_gates = {"won/amount"};
  record.amount_before = base::Money{"USD", 7};
  record.probability_before = 0;
  record.category_before = "COMMIT";
  record.close_date_before = absl::CivilDay(2026, 2, 28);
  record.close_date_after = absl::CivilDay(2026, 3, 31);
  record.time_in_previous = absl::Microseconds(5'000'001);
  record.owner = "bert";
  return record;
}

absl::Status Record(Pipeline& pipeline, absl::Span<const stage::StageRecord> records) {
  return pg::RunInTransaction(
      *pipeline.app, pg::Tenants::All(), Soon(),
      [&](pg::Transaction& transaction) { return stage::RecordStages(transaction, records); });
}

TEST(StageHistory, KeepsAllFactsOfAMove) {
  Pipeline pipeline;
  const stage::StageRecord record = FullRecord(pipeline.ids);
  ASSERT_TRUE(Record(pipeline, {record}).ok());
  const auto read = stage::ReadHistory(*pipeline.app, "acme", record.id, 0, 10, Soon());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 1u);
  const stage::HistoryEntry& entry = read->front();
  EXPECT_EQ(entry.version, 1);
  EXPECT_EQ(entry.kind, "opportunity");
  EXPECT_EQ(entry.event_id, record.event_id);
  EXPECT_EQ(entry.to_stage, "won");
  EXPECT_EQ(entry.to_type, "WON");
  EXPECT_EQ(entry.effective, record.effective);
  EXPECT_EQ(entry.recorded, record.recorded);
  EXPECT_EQ(entry.note, record.note);
  EXPECT_EQ(entry.gates, record.gates);
  EXPECT_TRUE(entry.overridden);
  EXPECT_EQ(entry.amount, record.amount_after);
  EXPECT_EQ(entry.probability, 100);
  EXPECT_EQ(entry.category, "CLOSED");
}

TEST(StageHistory, KeepsTheFactsAtBothSidesOfAMove) {
  Pipeline pipeline;
  stage::StageRecord record = FullRecord(pipeline.ids);
  record.from_stage = "contract";
  record.from_stage_key = "contract";
  ASSERT_TRUE(Record(pipeline, {record}).ok());
  const auto read = stage::ReadHistory(*pipeline.app, "acme", record.id, 0, 10, Soon());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 1u);
  const stage::HistoryEntry& entry = read->front();
  EXPECT_EQ(entry.change_kind, "WON");
  EXPECT_EQ(entry.from_pipeline, "pipelines/small");
  EXPECT_EQ(entry.to_pipeline, "pipelines/default");
  EXPECT_EQ(entry.from_stage_key, "contract");
  EXPECT_EQ(entry.to_stage_key, "closed");
  EXPECT_EQ(entry.from_name, "");
  EXPECT_EQ(entry.to_name, record.to_name);
  EXPECT_EQ(entry.met_gates, record.met_gates);
  EXPECT_EQ(entry.amount_before, record.amount_before);
  EXPECT_EQ(entry.probability_before, 0);
  EXPECT_EQ(entry.category_before, "COMMIT");
  EXPECT_EQ(entry.close_date_before, record.close_date_before);
  EXPECT_EQ(entry.close_date, record.close_date_after);
  EXPECT_EQ(entry.time_in_previous, record.time_in_previous);
  EXPECT_EQ(entry.owner, "bert");
  EXPECT_FALSE(entry.correction || entry.superseded_by);
}

TEST(StageHistory, KnowsWhatIsCorrectedAndByWhat) {
  Pipeline pipeline;
  stage::StageRecord record = FullRecord(pipeline.ids);
  std::vector<stage::StageRecord> records = {record, record};
  records[1].version = 2;
  records[1].event_id = pipeline.ids.New();
  records[1].change_kind = "CORRECTED";
  records[1].correction = stage::StageCorrection{
      1,  "offer",     "OPEN",           "proposal",       "Offer, \"binding\"",
      60, "BEST_CASE", record.effective, record.effective, record.effective + absl::Hours(1)};
  ASSERT_TRUE(Record(pipeline, records).ok());
  const auto read = stage::ReadHistory(*pipeline.app, "acme", record.id, 0, 10, Soon());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].superseded_by, 2);
  EXPECT_FALSE((*read)[0].correction);
  EXPECT_EQ((*read)[1].correction, records[1].correction);
  EXPECT_FALSE((*read)[1].superseded_by);

  records[1].version = 3;
  records[1].event_id = pipeline.ids.New();
  EXPECT_FALSE(Record(pipeline, {records[1]}).ok()) << "version 1 is superseded once";
}

TEST(StageHistory, IsReadInPages) {
  Pipeline pipeline;
  stage::StageRecord record = FullRecord(pipeline.ids);
  std::vector<stage::StageRecord> records;
  for (int64_t version = 1; version <= 5; ++version) {
    record.version = version;
    record.event_id = pipeline.ids.New();
    records.push_back(record);
  }
  ASSERT_TRUE(Record(pipeline, records).ok());
  const auto page = stage::ReadHistory(*pipeline.app, "acme", record.id, 2, 2, Soon());
  ASSERT_EQ(page->size(), 2u);
  EXPECT_EQ((*page)[0].version, 3);
  EXPECT_EQ((*page)[1].version, 4);
  EXPECT_TRUE(stage::ReadHistory(*pipeline.app, "other", record.id, 0, 9, Soon())->empty());
}

TEST(StageHistory, RefusesTheSameVersionTwice) {
  Pipeline pipeline;
  const stage::StageRecord record = FullRecord(pipeline.ids);
  ASSERT_TRUE(Record(pipeline, {record}).ok());
  EXPECT_FALSE(Record(pipeline, {record}).ok());
  EXPECT_EQ(pipeline.Count("outbox_in"), 1) << "the event goes with its history row";
}

TEST(StageHistory, CannotBeChangedByTheService) {
  Pipeline pipeline;
  ASSERT_TRUE(pipeline.Move(1).ok());
  auto connection = pg::Connection::Open(pipeline.Database("app"));
  ASSERT_TRUE(connection.ok()) << connection.status();
  for (const char* sql :
       {"UPDATE stage_correction SET stage = 'x'", "DELETE FROM stage_correction",
        "UPDATE stage_history SET actor = 'x'", "DELETE FROM stage_history",
        "TRUNCATE stage_history", "DELETE FROM outbox_in", "UPDATE event_log SET tenant = 'x'",
        "SELECT event_log_drop(0::smallint, 1, 1)"}) {
    EXPECT_FALSE((*connection)->Execute(sql).ok()) << sql;
  }
  EXPECT_TRUE((*connection)->Execute("SELECT * FROM event_log").ok());
}

TEST(Outbox, RefusesAnEventThatIsTooLarge) {
  Pipeline pipeline;
  stage::StageRecord record = FullRecord(pipeline.ids);
  record.gates.assign(500, std::string(100, 'x'));
  EXPECT_EQ(Record(pipeline, {record}).code(), absl::StatusCode::kInternal);
}

TEST(EventLog, TellsItsEndsAndListsFromAnyPosition) {
  Pipeline pipeline;
  auto empty = ReadLog(*pipeline.app, pg::Tenants::All(), {.limit = 10}, Soon());
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(empty->last_sequence, 0);
  EXPECT_EQ(empty->floor_sequence, 0);

  for (int i = 0; i < 5; ++i) ASSERT_TRUE(pipeline.Move(1).ok());
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(connection.ok());
  Sequencer sequencer(connection->get(), 0);
  ASSERT_EQ(sequencer.Sequence(3)->size(), 3u);
  ASSERT_EQ(sequencer.Sequence(3)->size(), 2u);
  ASSERT_TRUE(sequencer.Sequence(3)->empty());

  const auto page = ReadLog(*pipeline.app, pg::Tenants::All(), {.after = 2, .limit = 2}, Soon());
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->last_sequence, 5);
  EXPECT_EQ(page->floor_sequence, 1);
  ASSERT_EQ(page->rows.size(), 2u);
  EXPECT_EQ(page->rows[0].sequence, 3);
  EXPECT_EQ(stage::StageEventOf(page->rows[0])->change().version(), 3);
  EXPECT_TRUE(
      ReadLog(*pipeline.app, pg::Tenants::All(), {.after = 5, .limit = 2}, Soon())->rows.empty());
}

TEST(EventLog, DropsOnlyPartitionsThatAreOldAndPublished) {
  Pipeline pipeline;
  pipeline.Sql(
      "SET search_path TO crm_lead; DROP TABLE event_log_p1; DROP TABLE event_log_p1000001;"
      "DELETE FROM event_log_part; SELECT event_log_extend(30, 10)");
  for (int i = 0; i < 25; ++i) ASSERT_TRUE(pipeline.Move(1).ok());
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(connection.ok());
  Sequencer sequencer(connection->get(), 0);
  ASSERT_EQ(sequencer.Sequence(100)->size(), 25u);
  const absl::Time past = absl::Now() - absl::Hours(1);
  const absl::Time future = absl::Now() + absl::Hours(1);
  EXPECT_EQ(sequencer.DropOldLog(25, past).value(), 1) << "not old enough";
  EXPECT_EQ(sequencer.DropOldLog(15, future).value(), 11) << "not published beyond";
  EXPECT_EQ(sequencer.DropOldLog(25, future).value(), 21) << "the last one is not full";
  const auto page = ReadLog(*pipeline.app, pg::Tenants::All(), {.after = 3, .limit = 100}, Soon());
  EXPECT_EQ(page->floor_sequence, 21);
  EXPECT_EQ(page->rows.front().sequence, 21) << "a position below the floor is no error";
  EXPECT_EQ(pipeline.Count("stage_history"), 25);
}

TEST(EventLog, WhoReadsTheLogForLongHoldsUpNobody) {
  Pipeline pipeline;
  pipeline.Sql(
      "SET search_path TO crm_lead; DROP TABLE event_log_p1; DROP TABLE event_log_p1000001;"
      "DELETE FROM event_log_part; SELECT event_log_extend(30, 10)");
  for (int i = 0; i < 15; ++i) ASSERT_TRUE(pipeline.Move(1).ok());
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(connection.ok());
  Sequencer sequencer(connection->get(), 0);
  ASSERT_EQ(sequencer.Sequence(100)->size(), 15u);
  auto reader = pg::Connection::Open(pipeline.Database("readonly"));
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->Execute("BEGIN; SELECT count(*) FROM event_log").ok());

  const absl::Time future = absl::Now() + absl::Hours(1);
  EXPECT_EQ(sequencer.DropOldLog(25, future).value(), 1) << "left to the next time";
  ASSERT_TRUE(pipeline.Move(1).ok());
  EXPECT_EQ(sequencer.Sequence(100)->size(), 1u) << "and the stream's row is free";
  ASSERT_TRUE((*reader)->Execute("COMMIT").ok());
  EXPECT_EQ(sequencer.DropOldLog(25, future).value(), 11);
}

TEST(EventLog, TellsItsBacklogWithoutCountingIt) {
  Pipeline pipeline;
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(connection.ok());
  Sequencer sequencer(connection->get(), 0);
  EXPECT_EQ(sequencer.MeasureBacklog()->rows, 0);
  EXPECT_EQ(sequencer.MeasureBacklog()->oldest, std::nullopt);
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(pipeline.Move(1).ok());
  EXPECT_EQ(sequencer.MeasureBacklog()->rows, 7);
  EXPECT_TRUE(sequencer.MeasureBacklog()->oldest.has_value());
}

}  // namespace
}  // namespace crm::event
