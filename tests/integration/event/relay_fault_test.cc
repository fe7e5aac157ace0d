#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <random>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/event/publisher.h"
#include "common/event/relay.h"
#include "common/event/sequencer.h"
#include "common/stage/envelope.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using testing::kStream;
using testing::Pipeline;
using testing::RedisServer;

void MoveSome(Pipeline& pipeline, int moves) {
  for (int i = 0; i < moves; ++i) ASSERT_TRUE(pipeline.Move(1 + i % 5).ok());
}

TEST(RelayFault, RebuildsAFlushedStreamUnderTheSameIds) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  MoveSome(pipeline, 50);
  ASSERT_TRUE(pipeline.AwaitStream(50));
  const auto before = pipeline.EntryTexts();
  pipeline.redis_server.FlushAll();
  ASSERT_TRUE(pipeline.Move(1).ok());
  ASSERT_TRUE(pipeline.AwaitStream(51));
  auto after = pipeline.EntryTexts();
  after.pop_back();
  EXPECT_EQ(after, before);
  EXPECT_EQ(pipeline.FirstViolation(), "");
  EXPECT_GE(pipeline.Metric("crm_stream_rewinds_total"), 1);
}

TEST(RelayFault, RebuildsADeletedStreamWithoutANewMove) {
  Pipeline pipeline;
  auto relay = pipeline.StartRelay();
  MoveSome(pipeline, 20);
  ASSERT_TRUE(pipeline.AwaitStream(20));
  relay->Stop();
  const auto before = pipeline.EntryTexts();
  pipeline.redis_server.Run({"DEL", kStream});
  relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.AwaitStream(20));
  EXPECT_EQ(pipeline.EntryTexts(), before);
}

TEST(RelayFault, NoticesALossWhileNothingMoves) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  MoveSome(pipeline, 5);
  ASSERT_TRUE(pipeline.AwaitStream(5));
  pipeline.redis_server.FlushAll();
  EXPECT_TRUE(pipeline.AwaitStream(5)) << "an idle relay looks after the stream as well";
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

TEST(RelayFault, GoesOnAfterTheLastEntriesWereDeleted) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  MoveSome(pipeline, 5);
  ASSERT_TRUE(pipeline.AwaitStream(5));
  const auto entries = pipeline.Entries();
  // The stream's tip stays where it was, beyond its last entry.
  pipeline.redis_server.Run({"XDEL", kStream, entries[3].id.ToString(), entries[4].id.ToString()});
  MoveSome(pipeline, 2);
  ASSERT_TRUE(pipeline.AwaitStream(5));
  EXPECT_EQ(pipeline.Entries().back().id.seq, 7);
  EXPECT_EQ(pipeline.redis_server.Run({"XDEL", kStream, pipeline.Entries()[3].id.ToString()}), "1");
  ASSERT_EQ(pipeline.redis_server.Run({"XTRIM", kStream, "MAXLEN", "0"}), "4");
  MoveSome(pipeline, 1);
  ASSERT_TRUE(pipeline.AwaitStream(1));
  EXPECT_EQ(pipeline.Entries().back().id.seq, 8);
}

TEST(RelayFault, RepublishesALostTail) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  MoveSome(pipeline, 30);
  ASSERT_TRUE(pipeline.AwaitStream(30));
  const auto before = pipeline.EntryTexts();
  const auto entries = pipeline.Entries();
  // What a failover to a lagging replica leaves: the first ten entries and the tip of the tenth.
  pipeline.redis_server.Run({"DEL", kStream});
  for (size_t i = 0; i < 10; ++i) {
    std::vector<std::string> command = {"XADD", kStream, entries[i].id.ToString()};
    for (size_t k = 0; k < entries[i].fields.size(); ++k) {
      command.push_back(entries[i].fields[k].text());
    }
    pipeline.redis_server.Run(command);
  }
  ASSERT_TRUE(pipeline.Move(1).ok());
  ASSERT_TRUE(pipeline.AwaitStream(31));
  auto after = pipeline.EntryTexts();
  after.pop_back();
  EXPECT_EQ(after, before);
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

// Between the look at the tip and the appending, which are one to whoever else writes.
TEST(PublisherFault, AppendsNothingOnceSomebodyHasTouchedTheStream) {
  const std::vector<std::vector<std::string>> touches = {{"DEL", kStream},
                                                         {"FLUSHALL"},
                                                         {"XADD", kStream, "*", "some", "thing"},
                                                         {"XTRIM", kStream, "MAXLEN", "1"}};
  Pipeline pipeline;
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(connection.ok());
  Sequencer log(connection->get(), 0);
  MoveSome(pipeline, 20);
  ASSERT_EQ(log.Sequence(100)->size(), 20u);
  for (const auto& touch : touches) {
    pipeline.redis_server.FlushAll();
    Publisher publisher(pipeline.Redis(), kStream, std::make_unique<stage::StageEntryRenderer>());
    ASSERT_TRUE(publisher.Verify(log).ok());
    ASSERT_EQ(publisher.Send(*log.ReadAfter(0, 10)).value(), 10);
    ASSERT_TRUE(publisher.Receive().ok());
    ASSERT_EQ(publisher.Send(*log.ReadAfter(10, 10)).value(), 10);
    ASSERT_TRUE(Await(absl::Seconds(10), [&] {
      return absl::StrContains(pipeline.redis_server.Run({"CLIENT", "LIST"}), " multi=10 ");
    })) << "all of it is there and waits for its end";
    pipeline.redis_server.Run(touch);
    const std::string length = pipeline.redis_server.Run({"XLEN", kStream});
    EXPECT_EQ(publisher.Receive().code(), absl::StatusCode::kAborted) << touch[0];
    EXPECT_EQ(pipeline.redis_server.Run({"XLEN", kStream}), length) << touch[0];
    EXPECT_EQ(publisher.state(), Publisher::State::kAway);
  }
}

// Who reads in groups touches nothing, however busy.
TEST(PublisherFault, AppendsWhileGroupsReadAndAcknowledge) {
  Pipeline pipeline;
  auto connection = pg::Connection::Open(pipeline.Database("relay"));
  ASSERT_TRUE(connection.ok());
  Sequencer log(connection->get(), 0);
  MoveSome(pipeline, 20);
  ASSERT_EQ(log.Sequence(100)->size(), 20u);
  Publisher publisher(pipeline.Redis(), kStream, std::make_unique<stage::StageEntryRenderer>());
  ASSERT_TRUE(publisher.Verify(log).ok());
  ASSERT_TRUE(publisher.Send(*log.ReadAfter(0, 10)).ok() && publisher.Receive().ok());
  ASSERT_TRUE(publisher.Send(*log.ReadAfter(10, 10)).ok());
  for (const std::vector<std::string>& read : std::vector<std::vector<std::string>>{
           {"XGROUP", "CREATE", kStream, "team", "0"},
           {"XREADGROUP", "GROUP", "team", "one", "COUNT", "3", "STREAMS", kStream, ">"},
           {"XACK", kStream, "team", pipeline.Entries()[0].id.ToString()},
           {"XAUTOCLAIM", kStream, "team", "two", "0", "0"},
           {"XGROUP", "DESTROY", kStream, "team"}}) {
    pipeline.redis_server.Run(read);
  }
  EXPECT_TRUE(publisher.Receive().ok());
  EXPECT_EQ(pipeline.StreamLength(), 20);
}

// While one page of the log is sent and the next is read.
TEST(RelayFault, SurvivesCutConnectionsWithABacklog) {
  const std::function<void(Pipeline&)> faults[] = {
      [](Pipeline& pipeline) { pipeline.redis_server.FlushAll(); },
      [](Pipeline& pipeline) {
        pipeline.Sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'relay' AND datname = current_database()");
      },
      [](Pipeline& pipeline) {
        pipeline.redis_server.Run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
      }};
  Pipeline pipeline;
  ASSERT_TRUE(pipeline.MoveInBulk(3000).ok());
  auto relay = pipeline.StartRelay();
  ASSERT_TRUE(pipeline.AwaitStream(3000));
  const auto before = pipeline.EntryTexts();
  for (const auto& fault : faults) {
    relay->Stop();
    pipeline.redis_server.FlushAll();
    relay = pipeline.StartRelay();
    const auto published = [&](int64_t length) {
      return Await(absl::Seconds(20), [&] { return pipeline.StreamLength() >= length; });
    };
    ASSERT_TRUE(published(200));
    fault(pipeline);
    ASSERT_TRUE(published(3000));
    EXPECT_EQ(pipeline.EntryTexts(), before);
  }
}

// A machine that went down before its disk had the end of the file.
TEST(RelayFault, RepublishesWhatATruncatedAppendOnlyFileLost) {
  RedisServer redis({.appendonly = true});
  Pipeline pipeline;
  pipeline.redis_url = redis.Url();
  const auto relay = pipeline.StartRelay();
  MoveSome(pipeline, 40);
  ASSERT_TRUE(pipeline.AwaitStream(40));
  const auto before = pipeline.EntryTexts();
  redis.Kill();
  const std::filesystem::path file = redis.folder() + "/appendonlydir/appendonly.aof.1.incr.aof";
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
  redis.Start();
  ASSERT_TRUE(pipeline.AwaitStream(40));
  EXPECT_EQ(pipeline.EntryTexts(), before);
  EXPECT_EQ(pipeline.FirstViolation(), "");
  EXPECT_GE(pipeline.Metric("crm_stream_rewinds_total"), 1) << "or nothing was lost";
}

TEST(RelayFault, SurvivesATransientLackOfMemory) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  std::atomic<bool> done{false};
  std::thread squeezer([&] {
    std::mt19937 random(11);
    while (!done) {
      pipeline.redis_server.Run({"CONFIG", "SET", "maxmemory", "1"});
      absl::SleepFor(absl::Milliseconds(random() % 30));
      pipeline.redis_server.Run({"CONFIG", "SET", "maxmemory", "0"});
      absl::SleepFor(absl::Milliseconds(random() % 30));
    }
  });
  MoveSome(pipeline, 200);
  done = true;
  squeezer.join();
  pipeline.redis_server.Run({"CONFIG", "SET", "maxmemory", "0"});
  ASSERT_TRUE(pipeline.AwaitStream(200));
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

// The known-bad way: explicit ids, no compare, and "equal or smaller" taken for "already there".
TEST(RelayFault, WithoutTheCompareALackOfMemoryLosesEvents) {
  Pipeline pipeline;
  {
    const auto relay = pipeline.StartRelay();
    MoveSome(pipeline, 10);
    ASSERT_TRUE(pipeline.AwaitStream(10));
  }
  ASSERT_EQ(pipeline.FirstViolation(), "");
  const auto entries = pipeline.Entries();
  pipeline.redis_server.Run({"DEL", kStream});
  std::vector<size_t> refused;
  const auto add = [&](size_t i) {
    std::vector<std::string> command = {"XADD", kStream, entries[i].id.ToString()};
    for (size_t k = 0; k < entries[i].fields.size(); ++k) {
      command.push_back(entries[i].fields[k].text());
    }
    const std::string answer = pipeline.redis_server.Run(command);
    if (absl::StartsWith(answer, "ERROR OOM")) refused.push_back(i);
  };
  for (size_t i = 0; i < entries.size(); ++i) {
    pipeline.redis_server.Run({"CONFIG", "SET", "maxmemory", i == 5 ? "1" : "0"});
    add(i);
  }
  ASSERT_EQ(refused, std::vector<size_t>{5});
  add(5);  // the retry: Redis refuses the smaller id, the naive publisher believes it is there
  EXPECT_EQ(pipeline.FirstViolation(), "hole at sequence 6");
}

TEST(RelayFault, GoesOnSequencingWhileRedisIsAway) {
  Pipeline pipeline;
  const auto relay = pipeline.StartRelay();
  MoveSome(pipeline, 5);
  ASSERT_TRUE(pipeline.AwaitStream(5));
  pipeline.redis_server.Kill();
  MoveSome(pipeline, 40);
  EXPECT_TRUE(Await(absl::Seconds(15), [&] { return pipeline.Count("event_log") == 45; }));
  EXPECT_EQ(pipeline.Count("outbox_in"), 0);
  pipeline.redis_server.Start();  // without any data
  ASSERT_TRUE(pipeline.AwaitStream(45));
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

TEST(RelayFault, SurvivesCutConnectionsAndNewRelaysUnderLoad) {
  Pipeline pipeline;
  auto one = pipeline.StartRelay();
  auto two = pipeline.StartRelay();
  std::atomic<bool> done{false};
  std::thread chaos([&] {
    std::mt19937 random(5);
    while (!done) {
      switch (random() % 4) {
        case 0:
          pipeline.Sql(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
              "WHERE application_name = 'relay' AND datname = current_database()");
          break;
        case 1:
          pipeline.redis_server.Run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
          break;
        case 2:
          pipeline.redis_server.Run({"SCRIPT", "FLUSH"});
          break;
        case 3:
          one = pipeline.StartRelay();
          break;
      }
      absl::SleepFor(absl::Milliseconds(random() % 40));
    }
  });
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 3; ++writer) {
    writers.emplace_back([&] { MoveSome(pipeline, 120); });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  chaos.join();
  ASSERT_TRUE(pipeline.AwaitStream(360));
  EXPECT_EQ(pipeline.FirstViolation(), "");
}

}  // namespace
}  // namespace crm::event
