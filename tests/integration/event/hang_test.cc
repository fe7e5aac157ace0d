// Redis or PostgreSQL hang, stopped by SIGSTOP: relay and consumer can be stopped all the same.

#include <gtest/gtest.h>

#include <memory>

#include "common/base/steady_clock.h"
#include "common/event/consumer.h"
#include "common/event/relay.h"
#include "common/stage/envelope.h"
#include "tests/integration/event/pipeline.h"
#include "tests/support/await.h"

namespace crm::event {
namespace {

using base::SteadyNow;
using base::SteadyTime;
using crm::testing::Await;
using crm::testing::PostgresServer;
using testing::kStream;
using testing::LogSource;
using testing::Pipeline;

constexpr absl::Duration kAnswer = absl::Seconds(1);  // what Redis and PostgreSQL are given
constexpr absl::Duration kLastTurns = absl::Seconds(2);
constexpr absl::Duration kSlow = absl::Seconds(1);  // for a machine that has much to do

class Hang : public ::testing::Test {
 protected:
  Hang() {
    RelayOptions options = pipeline_.RelayOptionsForTest();
    options.database.round_trip_limit = kAnswer;
    relay_ = std::make_unique<Relay>(options, std::make_unique<stage::StageEntryRenderer>(),
                                     &pipeline_.registry, &base::SystemClock::Instance());
    relay_->Start();
    EXPECT_TRUE(pipeline_.Move(1).ok());
    EXPECT_TRUE(pipeline_.AwaitStream(1));
  }
  ~Hang() override {
    pipeline_.redis_server.Resume();
    PostgresServer::Shared().Resume();
  }

  void StartConsumer() {
    ConsumerOptions options;
    options.name = "test";
    options.stream = kStream;
    options.database = pipeline_.Database("app");
    options.database.round_trip_limit = kAnswer;
    options.redis = pipeline_.Redis();
    options.block = kBlock;
    consumer_ = std::make_unique<Consumer>(
        options, stage::DecodeEntry, &source_,
        [this](pg::Transaction&, absl::Span<const Event> events) {
          applied_ = events.back().sequence;
          return absl::OkStatus();
        },
        &pipeline_.registry);
    consumer_->Start();
    EXPECT_TRUE(Await(absl::Seconds(20), [this] { return applied_ == 1; }));
  }

  template <class Thread>
  static absl::Duration TimeToStop(Thread& thread) {
    const SteadyTime begin = SteadyNow();
    thread.Stop();
    return SteadyNow() - begin;
  }

  static constexpr absl::Duration kBlock = absl::Milliseconds(500);

  Pipeline pipeline_;
  LogSource source_{pipeline_.app.get()};
  std::atomic<int64_t> applied_{0};
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Consumer> consumer_;
};

TEST_F(Hang, ARelayStopsWhileRedisDoesNotAnswer) {
  pipeline_.redis_server.Pause();
  ASSERT_TRUE(pipeline_.MoveAll({1, 2, 3}).ok());
  ASSERT_TRUE(Await(absl::Seconds(10), [&] { return pipeline_.Count("outbox_in") == 0; }))
      << "sequencing goes on";
  EXPECT_LT(TimeToStop(*relay_), 2 * kAnswer + kLastTurns + kSlow);
  pipeline_.redis_server.Resume();
  const auto next = pipeline_.StartRelay();
  ASSERT_TRUE(pipeline_.AwaitStream(4));
  EXPECT_EQ(pipeline_.FirstViolation(), "");
}

TEST_F(Hang, AConsumerStopsWhileRedisDoesNotAnswer) {
  StartConsumer();
  pipeline_.redis_server.Pause();
  EXPECT_LT(TimeToStop(*consumer_), kBlock + kAnswer + kSlow);
}

TEST_F(Hang, AConsumerReadsTheLogWhileRedisDoesNotAnswer) {
  StartConsumer();
  pipeline_.redis_server.Pause();
  ASSERT_TRUE(pipeline_.MoveAll({1, 2, 3}).ok());
  EXPECT_TRUE(Await(absl::Seconds(20), [this] { return applied_ == 4; }));
  EXPECT_LT(TimeToStop(*consumer_), kBlock + kAnswer + kSlow);
}

TEST_F(Hang, BothStopWhilePostgresDoesNotAnswer) {
  StartConsumer();
  PostgresServer::Shared().Pause();
  EXPECT_LT(TimeToStop(*relay_), kAnswer + kLastTurns + kSlow);
  EXPECT_LT(TimeToStop(*consumer_), kBlock + kAnswer + kSlow);
}

}  // namespace
}  // namespace crm::event
