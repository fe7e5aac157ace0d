// Who does not run, and that nobody else is left out.

#include <gmock/gmock.h>

#include <atomic>

#include "tests/unit/common/rpc/executor_fixture.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST_F(ExecutorTest, AFullQueueRefuses) {
  Start({.max_queued = 2});
  OccupyReadWorker();
  EXPECT_EQ(Submit(reads_, Call(1)), std::nullopt);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "one", Now()), std::nullopt);
  EXPECT_EQ(Submit(reads_, Call(2)), std::nullopt);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "one", Now()), Refusal::kQueueFull);
  EXPECT_EQ(Submit(reads_, Call(3)), Refusal::kQueueFull);
  EXPECT_EQ(executor_->Queued(Lane::kRead), 2u);
  EXPECT_EQ(Submit(writes_, Call(5)), std::nullopt);
}

TEST_F(ExecutorTest, WaitingCallsAreBoundedByTheirSizeToo) {
  Start({.max_queued_bytes = 25});
  OccupyReadWorker();
  EXPECT_EQ(Submit(reads_, Call(1)), std::nullopt);
  EXPECT_EQ(Submit(reads_, Call(2)), std::nullopt);
  EXPECT_EQ(Submit(reads_, Call(3)), Refusal::kQueueFull);
}

TEST_F(ExecutorTest, ACallWhoseDeadlinePassedIsNotRun) {
  Start({});
  OccupyReadWorker();
  NumberedCall* late = Call(1);
  late->deadline = Now() + absl::Milliseconds(5);
  late->cancelled = true;
  Submit(reads_, late);
  Submit(reads_, Call(2));
  Advance(absl::Milliseconds(5));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(2));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(2)));
  EXPECT_THAT(reads_.Refused(), ElementsAre(Pair(1, Refusal::kDeadlinePassed)));
}

TEST_F(ExecutorTest, ACancelledCallIsDropped) {
  Start({});
  OccupyReadWorker();
  NumberedCall* gone = Call(1);
  Submit(reads_, gone);
  Submit(reads_, Call(2));
  gone->cancelled = true;
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(2));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(2)));
  EXPECT_THAT(reads_.Refused(), ElementsAre(Pair(1, Refusal::kCancelled)));
}

TEST_F(ExecutorTest, LongWaitersAreRefusedWhileOthersQueueBehindThem) {
  Start({.max_wait = absl::Seconds(1)});
  OccupyReadWorker();
  for (int i = 1; i <= 3; ++i) Submit(reads_, Call(i));
  Advance(absl::Milliseconds(1001));
  Submit(reads_, Call(4));
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "one", Now()), Refusal::kQueueSlow);
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(2));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(4)));
  EXPECT_THAT(reads_.Refused(),
              ElementsAre(Pair(1, Refusal::kQueueSlow), Pair(2, Refusal::kQueueSlow),
                          Pair(3, Refusal::kQueueSlow)));
  EXPECT_TRUE(testing::Await(absl::Seconds(10),
                             [&] { return !executor_->WouldRefuse(Lane::kRead, "one", Now()); }));
}

TEST_F(ExecutorTest, ALongWaiterRunsWhenNobodyIsBehindIt) {
  Start({.max_wait = absl::Seconds(1)});
  OccupyReadWorker();
  Submit(reads_, Call(1));
  Advance(absl::Seconds(2));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(2));
  EXPECT_THAT(reads_.Refused(), IsEmpty());
}

TEST_F(ExecutorTest, StopRunsWhatWaitsAndTakesNoMore) {
  Start({});
  OccupyReadWorker();
  for (int i = 1; i <= 4; ++i) Submit(reads_, Call(i));
  std::thread stopper([&] { executor_->Stop(); });
  reads_.OpenGate();
  stopper.join();
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3), ElementsAre(4)));
  EXPECT_EQ(Submit(reads_, Call(5)), Refusal::kStopped);
}

TEST(ExecutorStressTest, ManyThreadsLoseNoCall) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 5000;
  class CountingQueue : public CallQueue {
   public:
    using CallQueue::CallQueue;
    std::atomic<int> ran{0};

   private:
    void Run(absl::Span<QueuedCall* const> calls, base::SteadyTime) override {
      ran += static_cast<int>(calls.size());
    }
    void Refuse(QueuedCall*, Refusal) override { ADD_FAILURE() << "refused"; }
  };
  CountingQueue one(Lane::kRead, 8);
  CountingQueue two(Lane::kWrite, 8);
  Executor executor({.max_queued = kThreads * kCalls, .max_wait = absl::InfiniteDuration()});
  std::vector<std::vector<QueuedCall>> calls;
  for (int t = 0; t < kThreads; ++t) calls.emplace_back(kCalls);
  std::vector<std::thread> threads;
  for (auto& mine : calls) {
    threads.emplace_back([&] {
      bool first = false;
      for (QueuedCall& call : mine) {
        Refusal refusal;
        first = !first;
        EXPECT_TRUE(executor.Submit(first ? one : two, "one", &call, &refusal));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  executor.Stop();
  EXPECT_EQ(one.ran + two.ran, kThreads * kCalls);
}
}  // namespace
}  // namespace crm::rpc
