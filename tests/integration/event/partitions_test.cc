// A log in several partitions: each thing's events are in one, and each is a log and a stream like
// any other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/error/error.h"
#include "common/event/event_log.h"
#include "common/event/sequencer.h"
#include "common/stage/envelope.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using ::testing::HasSubstr;
using testing::Pipeline;
using testing::StreamOf;

constexpr int kPartitions = 4;

std::string SetPartitions(Pipeline& pipeline, int wanted) {
  return pipeline.Sql(
      absl::StrCat("SET search_path TO crm_lead; SELECT set_partitions(", wanted, ")"));
}

// What PostgreSQL says against it.
std::string RefusalOf(Pipeline& pipeline, int wanted) {
  const auto connection = pg::Connection::Open(pipeline.Database("migrate"));
  EXPECT_TRUE(connection.ok()) << connection.status();
  return error::PrivateTextOf(
      (*connection)->Execute(absl::StrCat("SELECT set_partitions(", wanted, ")")).status());
}

std::vector<std::unique_ptr<Relay>> StartRelays(Pipeline& pipeline) {
  std::vector<std::unique_ptr<Relay>> relays;
  for (int partition = 0; partition < pipeline.partitions; ++partition) {
    relays.push_back(pipeline.StartRelay(partition));
  }
  return relays;
}

// By Python: int.from_bytes(hashlib.sha256(tenant.encode() + b"\0" + uuid.bytes).digest()[:2],
// "big")
TEST(Partitions, AThingHasOneForever) {
  Pipeline pipeline;
  const auto of = [&](const std::string& tenant, const std::string& id) {
    return pipeline.Sql(absl::StrCat("SET search_path TO crm_lead; SELECT partition_of('", tenant,
                                     "', '", id, "')"));
  };
  const std::string thing = "018f5a3c-7b1e-7c00-8000-0123456789ab";
  EXPECT_EQ(of("acme", thing), "0") << "of one there is";
  SetPartitions(pipeline, 7);
  EXPECT_EQ(of("acme", thing), "1");
  EXPECT_EQ(of("globex", thing), "2");
  EXPECT_EQ(of("akmé", thing), "1");
}

TEST(Partitions, HaveEveryMoveOnceAndEachThingInOne) {
  Pipeline pipeline;
  pipeline.partitions = kPartitions;
  SetPartitions(pipeline, kPartitions);
  const auto relays = StartRelays(pipeline);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < 60; ++i) ASSERT_TRUE(pipeline.Move(1 + (i + writer) % 16).ok());
    });
  }
  for (std::thread& writer : writers) writer.join();
  const int64_t moves = pipeline.Count("stage_history");
  ASSERT_TRUE(pipeline.AwaitStream(moves)) << pipeline.StreamLength();
  EXPECT_EQ(pipeline.FirstViolation(), "");
  EXPECT_EQ(pipeline.Count("outbox_in"), 0);
  std::map<std::string, std::set<int>> partitions_of;
  for (int partition = 0; partition < kPartitions; ++partition) {
    const auto entries = pipeline.Entries(partition);
    EXPECT_FALSE(entries.empty()) << "sixteen things are spread over " << kPartitions;
    for (const redis::StreamEntry& entry : entries) {
      partitions_of[entry.fields.Field("subject").text()].insert(partition);
    }
  }
  for (const auto& [thing, partitions] : partitions_of) EXPECT_EQ(partitions.size(), 1u) << thing;
}

TEST(Partitions, AreMadeMoreOnlyWhileNobodyWritesAndNeverFewer) {
  Pipeline pipeline;
  EXPECT_THAT(RefusalOf(pipeline, 0), HasSubstr("has 1 to 64 partitions, not 0"));
  EXPECT_THAT(RefusalOf(pipeline, 65), HasSubstr("has 1 to 64 partitions, not 65"));
  auto relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.Move(1).ok());
  ASSERT_TRUE(pipeline.AwaitStream(1));
  EXPECT_THAT(RefusalOf(pipeline, 2), HasSubstr("the service runs"));
  relay.reset();
  ASSERT_TRUE(pipeline.Move(1).ok());
  EXPECT_THAT(RefusalOf(pipeline, 2), HasSubstr("events wait for their sequence"));
  relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.AwaitStream(2));
  relay.reset();

  EXPECT_EQ(SetPartitions(pipeline, 2), "1") << "as many as before";
  EXPECT_EQ(SetPartitions(pipeline, 2), "2") << "nothing to do";
  EXPECT_THAT(RefusalOf(pipeline, 1), HasSubstr("cannot have fewer"));
  EXPECT_EQ(
      pipeline.Sql("SELECT stream, epoch, last_seq FROM crm_lead.event_stream ORDER BY stream"),
      "0|2|2\n1|2|0")
      << "a new epoch begins";
  // What comes then goes on behind what was there, and all is there once.
  pipeline.partitions = 2;
  const auto relays = StartRelays(pipeline);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(pipeline.Move(2 + i % 15).ok());
  ASSERT_TRUE(pipeline.AwaitStream(22));
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

TEST(Partitions, KeepALogTableUntilAllArePastIt) {
  Pipeline pipeline;
  SetPartitions(pipeline, 2);
  pipeline.Sql(
      "SET search_path TO crm_lead;"
      "DROP TABLE event_log_p1; DELETE FROM event_log_part; SELECT event_log_extend(25, 10);"
      "INSERT INTO event_log SELECT s, n, 1000 + n, 1, gen_random_uuid(), 'acme', "
      "gen_random_uuid(), 1, ''"
      " FROM generate_series(0, 1) AS s, generate_series(1, 25) AS n;"
      "UPDATE event_stream SET last_seq = 25, last_ms = 1025");
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(connection.ok()) << connection.status();
  Sequencer first(connection->get(), 0);
  Sequencer second(connection->get(), 1);
  const absl::Time future = absl::Now() + absl::Hours(1);
  EXPECT_EQ(first.DropOldLog(25, future).value(), 1) << "the other one is not published";
  EXPECT_EQ(second.DropOldLog(15, future).value(), 11);
  EXPECT_EQ(first.DropOldLog(25, future).value(), 11);
  EXPECT_EQ(second.DropOldLog(25, future).value(), 21);
  const auto page = ReadLog(*pipeline.app, pg::Tenants::All(), {.partition = 1, .limit = 100},
                            absl::Now() + absl::Seconds(5));
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->floor_sequence, 21);
  EXPECT_EQ(page->rows.size(), 5u);
}

}  // namespace
}  // namespace crm::event
