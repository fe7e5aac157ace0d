// The streams of four partitions on a Redis Cluster of three nodes, which fail over under load.

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "common/event/consumer.h"
#include "common/redis/cluster.h"
#include "common/stage/envelope.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"
#include "tests/support/redis_cluster.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using crm::testing::RedisCluster;
using crm::testing::RedisServer;
using testing::Pipeline;
using testing::StreamOf;

constexpr int kSpread = 4;
constexpr absl::Duration kLongest = absl::Seconds(120);

class ClusterTest : public ::testing::Test {
 protected:
  ClusterTest() {
    pipeline_.redis_url = cluster_.Url();
    pipeline_.partitions = kSpread;
    pipeline_.Sql("SET search_path TO crm_lead; SELECT set_partitions(4)");
    for (int partition = 0; partition < kSpread; ++partition) {
      relays_.push_back(pipeline_.StartRelay(partition));
    }
  }

  void ExpectAllOut(const char* when) {
    EXPECT_TRUE(pipeline_.AwaitStream(moved_, kLongest)) << when << pipeline_.StreamLength();
    EXPECT_EQ(pipeline_.FirstViolation(), "") << when;
  }

  RedisCluster cluster_;
  Pipeline pipeline_;
  std::vector<std::unique_ptr<Relay>> relays_;
  std::atomic<int64_t> moved_{0};
};

TEST_F(ClusterTest, LosesNothingWhenANodeDiesUnderLoad) {
  std::set<RedisServer*> nodes;
  for (int partition = 0; partition < kSpread; ++partition) {
    nodes.insert(&cluster_.NodeOf(StreamOf(partition)));
  }
  EXPECT_GE(nodes.size(), 2u) << "the partitions are spread over nodes";
  std::atomic<bool> stop{false};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 2; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; !stop; ++i) {
        ASSERT_TRUE(pipeline_.Move(1 + (2 * i + writer) % 16).ok());
        ++moved_;
      }
    });
  }
  EXPECT_TRUE(Await(kLongest, [&] { return moved_ > 200; }));
  RedisServer& first = cluster_.NodeOf(StreamOf(0));
  first.Kill();
  RedisServer& second = cluster_.NodeOf(StreamOf(0));
  EXPECT_NE(&first, &second) << "a replica has taken over";
  first.Start();  // and is a replica now
  EXPECT_TRUE(Await(kLongest, [&] { return absl::StartsWith(first.Run({"ROLE"}), "slave"); }));
  // And one by order, with a primary that lives on.
  const int64_t before = moved_;
  EXPECT_TRUE(Await(kLongest, [&] {
    first.Run(
        {"CLUSTER", "FAILOVER"});  // refused while the replica is not ready, and once it is over
    return &cluster_.NodeOf(StreamOf(0)) == &first;
  }));
  EXPECT_TRUE(Await(kLongest, [&] { return moved_ > before + 100; }));
  stop = true;
  for (std::thread& writer : writers) writer.join();
  ExpectAllOut("after all: ");
}

// The stream's slot goes to another node while events come.
TEST_F(ClusterTest, FollowsAStreamThatIsMovedToAnotherNode) {
  for (; moved_ < 40; ++moved_) ASSERT_TRUE(pipeline_.Move(1 + static_cast<int>(moved_) % 16).ok());
  ExpectAllOut("before: ");
  RedisServer& from = cluster_.NodeOf(StreamOf(0));
  RedisServer* to = nullptr;
  for (int partition = 1; partition < kSpread; ++partition) {
    RedisServer& node = cluster_.NodeOf(StreamOf(partition));
    if (&node != &from) to = &node;
  }
  ASSERT_NE(to, nullptr);
  const std::string slot = from.Run({"CLUSTER", "KEYSLOT", StreamOf(0)});
  const std::string from_id = from.Run({"CLUSTER", "MYID"});
  const std::string to_id = to->Run({"CLUSTER", "MYID"});
  ASSERT_EQ(to->Run({"CLUSTER", "SETSLOT", slot, "IMPORTING", from_id}), "OK");
  ASSERT_EQ(from.Run({"CLUSTER", "SETSLOT", slot, "MIGRATING", to_id}), "OK");
  ASSERT_EQ(
      from.Run({"MIGRATE", "127.0.0.1", std::to_string(to->port()), StreamOf(0), "0", "5000"}),
      "OK");
  for (; moved_ < 80; ++moved_) ASSERT_TRUE(pipeline_.Move(1 + static_cast<int>(moved_) % 16).ok());
  for (RedisServer* const node : {to, &from}) {
    ASSERT_EQ(node->Run({"CLUSTER", "SETSLOT", slot, "NODE", to_id}), "OK");
  }
  EXPECT_EQ(&cluster_.NodeOf(StreamOf(0)), to);
  ExpectAllOut("after the move: ");
}

TEST(ClusterOpening, SaysWhichNodeFailed) {
  redis::ConnectionOptions options{.url = "redis+cluster://127.0.0.1:9,127.0.0.1:19", .key = "k"};
  const auto connection = redis::Connection::Open(options);
  EXPECT_EQ(connection.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(absl::StrContains(connection.status().message(), "127.0.0.1:19"));
}

}  // namespace
}  // namespace crm::event
