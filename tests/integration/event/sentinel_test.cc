// Redis fails over, and no event is lost, out of order or there twice.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/event/consumer.h"
#include "common/pg/params.h"
#include "common/stage/envelope.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"
#include "tests/support/redis_group.h"

namespace crm::event {
namespace {

using crm::testing::Await;
using crm::testing::RedisGroup;
using testing::kStream;
using testing::LogSource;
using testing::Pipeline;

// Longer than a starved group of Sentinels takes.
constexpr absl::Duration kLongest = absl::Seconds(120);

class SentinelTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { shared_ = std::make_unique<RedisGroup>(); }
  static void TearDownTestSuite() { shared_.reset(); }

  SentinelTest() {
    pipeline_.redis_url = group_.Url();
    pipeline_.Sql(
        "SET search_path TO crm_lead; CREATE TABLE applied (seq bigint);"
        "GRANT SELECT, INSERT ON applied TO crm_lead_app");
  }

  std::unique_ptr<Consumer> StartConsumer() {
    ConsumerOptions options;
    options.name = "test";
    options.stream = kStream;
    options.database = pipeline_.Database("app");
    options.redis = pipeline_.Redis();
    options.block = absl::Milliseconds(100);
    const Effect note = [](pg::Transaction& transaction,
                           absl::Span<const Event> events) -> absl::Status {
      constexpr pg::Statement kNote = {"test_note", "INSERT INTO applied VALUES ($1::bigint)"};
      for (const Event& event : events) {
        CRM_RETURN_IF_ERROR(transaction.Defer(kNote, pg::MakeParams(event.sequence)));
      }
      return absl::OkStatus();
    };
    auto consumer = std::make_unique<Consumer>(options, stage::DecodeEntry, &source_, note,
                                               &pipeline_.registry);
    consumer->Start();
    return consumer;
  }

  void Move(int moves) {
    for (int i = 0; i < moves; ++i) {
      ASSERT_TRUE(pipeline_.Move(1 + i % 5).ok());
      ++moved_;
    }
  }

  void ExpectAllOut(const char* when) {
    EXPECT_TRUE(pipeline_.AwaitStream(moved_, kLongest)) << when << pipeline_.StreamLength();
    EXPECT_EQ(pipeline_.FirstViolation(), "") << when;
    EXPECT_TRUE(Await(kLongest, [&] { return pipeline_.Count("applied") >= moved_; })) << when;
    EXPECT_EQ(pipeline_.Sql("SELECT count(*) FROM (SELECT FROM crm_lead.applied GROUP BY seq) s"),
              std::to_string(pipeline_.Count("applied")))
        << when;
  }

  inline static std::unique_ptr<RedisGroup> shared_;  // takes seconds to come up
  RedisGroup& group_ = *shared_;
  Pipeline pipeline_;
  LogSource source_{pipeline_.app.get()};
  std::atomic<int64_t> moved_{0};
};

TEST_F(SentinelTest, WhatTheNewPrimaryLacksIsAppendedAgain) {
  const auto relay = pipeline_.StartRelay();
  const auto consumer = StartConsumer();
  Move(20);
  ExpectAllOut("before: ");

  // The replicas stop following, so that the primary alone has what comes now.
  for (crm::testing::RedisServer* replica : group_.Replicas()) {
    ASSERT_EQ(replica->Run({"REPLICAOF", "127.0.0.1", "1"}), "OK");
  }
  Move(30);
  ASSERT_TRUE(pipeline_.AwaitStream(moved_, kLongest));
  crm::testing::RedisServer& first = group_.Primary();
  first.Kill();
  Move(25);  // nobody waits for Redis
  ExpectAllOut("after the crash: ");
  EXPECT_NE(&group_.Primary(), &first);
  EXPECT_GE(pipeline_.Metric("crm_stream_rewinds_total"), 1) << "the fault has not happened";

  // And one by order, with a primary that lives on as a replica.
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) Move(1);
  });
  group_.SwitchOver();
  Move(10);
  stop = true;
  writer.join();
  ExpectAllOut("after the order: ");
}

// The last one: the Sentinels stay as they are.
TEST_F(SentinelTest, SentinelsThatAreGoneOrSilentAreLeftOut) {
  group_.sentinel(0).Kill();
  group_.sentinel(1).Pause();
  const absl::Time start = absl::Now();
  const auto connection = redis::Connection::Open(pipeline_.Redis());
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  EXPECT_EQ((*(*connection)->Run({"ROLE"}))[0].view(), "master");
  group_.sentinel(1).Resume();
  group_.sentinel(1).Kill();
  group_.sentinel(2).Kill();
  EXPECT_EQ(redis::Connection::Open(pipeline_.Redis()).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace crm::event
