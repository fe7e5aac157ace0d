// Damaged payloads: nothing crashes, nothing is left out.

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/error/error.h"
#include "common/event/consumer_inbox.h"
#include "common/event/dead_letters.h"
#include "common/event/event_log.h"
#include "common/event/relay.h"
#include "common/event/sequencer.h"
#include "common/stage/history.h"
#include "common/stage/stage_effect.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using testing::kStream;
using testing::Pipeline;

TEST(DamagedRow, StopsPublishingBeforeItUntilItIsRepaired) {
  Pipeline pipeline;
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(pipeline.Move(1).ok());
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_EQ(Sequencer(connection->get(), 0).Sequence(100)->size(), 6u);
  const std::string whole = pipeline.Sql("SELECT payload FROM crm_lead.event_log WHERE seq = 4");
  pipeline.Sql("UPDATE crm_lead.event_log SET payload = '\\xffff' WHERE seq = 4");

  const auto relay = pipeline.StartRelay();
  ASSERT_TRUE(
      Await(absl::Seconds(10), [&] { return pipeline.Metric("crm_stream_damaged_seq") == 4; }));
  EXPECT_EQ(pipeline.StreamLength(), 3) << "what comes before it is published";
  ASSERT_TRUE(pipeline.Move(1).ok());
  EXPECT_TRUE(Await(absl::Seconds(10), [&] { return pipeline.Count("outbox_in") == 0; }))
      << "sequencing goes on";
  EXPECT_EQ(pipeline.StreamLength(), 3) << "nothing is left out";

  pipeline.Sql(absl::StrCat("UPDATE crm_lead.event_log SET payload = '", whole, "' WHERE seq = 4"));
  ASSERT_TRUE(pipeline.AwaitStream(7));
  EXPECT_EQ(pipeline.FirstViolation(), "");
  EXPECT_TRUE(
      Await(absl::Seconds(10), [&] { return pipeline.Metric("crm_stream_damaged_seq") == 0; }));
}

// The pages behind it may have been read by the time it is found, and again after its repair.
TEST(DamagedRow, StopsPublishingBeforeItDeepInABacklog) {
  constexpr int64_t kDamaged = 1500;
  Pipeline pipeline;
  ASSERT_TRUE(pipeline.MoveInBulk(2600).ok());
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_EQ(Sequencer(connection->get(), 0).Sequence(5000)->size(), 2600u);
  const std::string row = absl::StrCat(" WHERE seq = ", kDamaged);
  const std::string whole = pipeline.Sql("SELECT payload FROM crm_lead.event_log" + row);
  pipeline.Sql("UPDATE crm_lead.event_log SET payload = '\\xffff'" + row);

  const auto relay = pipeline.StartRelay();
  ASSERT_TRUE(Await(absl::Seconds(10),
                    [&] { return pipeline.Metric("crm_stream_damaged_seq") == kDamaged; }));
  EXPECT_EQ(pipeline.StreamLength(), kDamaged - 1) << "what comes before it is published";
  pipeline.Sql(absl::StrCat("UPDATE crm_lead.event_log SET payload = '", whole, "'", row));
  ASSERT_TRUE(pipeline.AwaitStream(2600));
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

TEST(DamagedHistory, IsAnErrorAndNoCrash) {
  Pipeline pipeline;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pipeline.Move(1).ok());
  const std::string id = pipeline.Sql("SELECT DISTINCT aggregate FROM crm_lead.stage_history");
  pipeline.Sql("UPDATE crm_lead.stage_history SET effective_time = 'infinity' WHERE version = 2");
  const auto read = [&](int64_t after) {
    return stage::ReadHistory(*pipeline.app, "acme", *base::Uuid::Parse(id), after, 10,
                              absl::Now() + absl::Seconds(10));
  };
  EXPECT_EQ(read(0).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(read(2)->size(), 1u);
}

TEST(DamagedDeadLetter, IsRefusedAndStays) {
  Pipeline pipeline;
  pipeline.Sql(absl::StrCat(
      "INSERT INTO crm_lead.dead_letter (consumer, stream, seq, event_id, reason, attempts, "
      "payload) VALUES ('test', '",
      kStream, "', 8, 'e', 'r', 5, '\\xffff')"));
  const absl::Time soon = absl::Now() + absl::Seconds(10);
  const Effect never = stage::EffectOf([](auto&, auto) {
    ADD_FAILURE() << "the effect ran";
    return absl::OkStatus();
  });
  EXPECT_EQ(ReplayDeadLetter(*pipeline.app, "test", kStream, 8, never, soon).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(ListDeadLetters(*pipeline.app, "test", 10, soon)->size(), 1u);
}

// As if a newer version had changed the tables under a program that still runs.
TEST(DamagedBookkeeping, IsDataLossAndNoCrash) {
  Pipeline pipeline;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pipeline.Move(1).ok());
  const auto owner = pg::Connection::Open(pipeline.Database("relay"));
  Sequencer log(owner->get(), 0);
  ASSERT_EQ(log.Sequence(100)->size(), 3u);
  pipeline.Sql(
      "SET search_path = crm_lead; ALTER TABLE event_log ALTER epoch TYPE text; "
      "UPDATE event_log SET epoch = 'two' WHERE seq = 2; "
      "ALTER TABLE event_stream DROP CONSTRAINT IF EXISTS event_stream_check, "
      "ALTER floor_seq TYPE text; UPDATE event_stream SET floor_seq = 'low'; "
      "INSERT INTO consumer_inbox (consumer, stream) VALUES ('test', 's'); "
      "ALTER TABLE consumer_inbox ALTER last_seq DROP DEFAULT, ALTER last_seq TYPE text; "
      "UPDATE consumer_inbox SET last_seq = 'some'; "
      "INSERT INTO dead_letter (consumer, stream, seq, event_id, reason, attempts, payload) "
      "VALUES ('test', 's', 8, 'e', 'r', 5, ''); "
      "ALTER TABLE dead_letter ALTER event_id DROP NOT NULL; UPDATE dead_letter SET event_id = "
      "NULL");
  const auto fresh = pg::Connection::Open(pipeline.Database("relay"));
  Sequencer damaged(fresh->get(), 0);
  const absl::Time soon = absl::Now() + absl::Seconds(10);
  const auto app = pg::Connection::Open(pipeline.Database("app"));
  const Effect never = [](auto&, auto) { return absl::InternalError("the effect ran"); };
  const std::pair<const char*, absl::Status> reads[] = {
      {"state", damaged.State().status()},
      {"rows", damaged.ReadAfter(0, 10).status()},
      {"row", damaged.ReadOne(2).status()},
      {"page", ReadLog(*pipeline.app, pg::Tenants::All(), {.limit = 10}, soon).status()},
      {"inbox", ConsumerInbox(app->get(), "test", "s").Load().status()},
      {"letter", ReplayDeadLetter(*pipeline.app, "test", "s", 8, never, soon)},
      {"letters", ListDeadLetters(*pipeline.app, "test", 10, soon).status()},
  };
  for (const auto& [what, status] : reads) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss)
        << what << ": " << status << " " << error::PrivateTextOf(status);
  }
  EXPECT_EQ(damaged.ReadOne(3)->value().sequence, 3) << "the others are read";
}

}  // namespace
}  // namespace crm::event
