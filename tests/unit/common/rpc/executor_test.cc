#include "common/rpc/executor.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "tests/support/await.h"

namespace crm::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

struct NumberedCall : QueuedCall {
  int number = 0;
  std::string tenant = "one";
};

// Records what runs and what is refused; while the gate is shut, a running batch waits at it.
class RecordingQueue : public CallQueue {
 public:
  using CallQueue::CallQueue;

  void ShutGate() {
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = false;
  }
  void OpenGate() {
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  std::vector<std::vector<int>> Batches() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return batches_;
  }
  std::vector<std::pair<int, Refusal>> Refused() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return refused_;
  }
  bool AwaitBatches(size_t count) const {
    return testing::Await(absl::Seconds(10), [&] { return Batches().size() >= count; });
  }

 private:
  void Run(absl::Span<QueuedCall* const> calls, base::SteadyTime) override {
    std::unique_lock<std::mutex> lock(mutex_);
    auto& batch = batches_.emplace_back();
    for (QueuedCall* call : calls) batch.push_back(static_cast<NumberedCall*>(call)->number);
    opened_.wait(lock, [&] { return open_; });
  }
  void Refuse(QueuedCall* call, Refusal refusal) override {
    std::lock_guard<std::mutex> lock(mutex_);
    refused_.emplace_back(static_cast<NumberedCall*>(call)->number, refusal);
  }

  mutable std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = true;
  std::vector<std::vector<int>> batches_;
  std::vector<std::pair<int, Refusal>> refused_;
};

class ExecutorTest : public ::testing::Test {
 protected:
  ~ExecutorTest() override {
    reads_.OpenGate();
    if (executor_) executor_->Stop();
  }

  void Start(ExecutorOptions options) {
    options.read_workers = 1;
    options.write_workers = 1;
    options.own_workers = {1};
    executor_ = std::make_unique<Executor>(options, [this] { return Now(); });
  }

  base::SteadyTime Now() const { return start_ + absl::Microseconds(micros_.load()); }
  void Advance(absl::Duration by) { micros_ += absl::ToInt64Microseconds(by); }

  NumberedCall* Call(int number) {
    NumberedCall& call = calls_.emplace_back();
    call.number = number;
    call.arrival = Now();
    call.bytes = 10;
    return &call;
  }
  NumberedCall* Call(const std::string& tenant, int number) {
    NumberedCall* const call = Call(number);
    call->tenant = tenant;
    return call;
  }
  std::optional<Refusal> Submit(CallQueue& queue, NumberedCall* call) {
    Refusal refusal;
    if (executor_->Submit(queue, call->tenant, call, &refusal)) return std::nullopt;
    return refusal;
  }
  // Occupies the only read worker with call 0 until the gate of reads_ opens.
  void OccupyReadWorker() {
    reads_.ShutGate();
    ASSERT_EQ(Submit(reads_, Call(0)), std::nullopt);
    ASSERT_TRUE(reads_.AwaitBatches(1));
  }

  const base::SteadyTime start_ = base::SteadyNow();
  std::atomic<int64_t> micros_{0};
  RecordingQueue reads_{Lane::kRead, 3};
  RecordingQueue others_{Lane::kRead, 3};
  RecordingQueue own_{OwnLane(0), 3};
  RecordingQueue writes_{Lane::kWrite, 3};
  std::deque<NumberedCall> calls_;
  std::unique_ptr<Executor> executor_;
};

TEST_F(ExecutorTest, TellsForHowLongTheOldestRunningBatchHasRun) {
  Start({});
  EXPECT_EQ(executor_->LongestRun(), absl::ZeroDuration());
  OccupyReadWorker();
  Advance(absl::Milliseconds(20));
  Submit(writes_, Call(1));
  ASSERT_TRUE(writes_.AwaitBatches(1));
  EXPECT_EQ(executor_->LongestRun(), absl::Milliseconds(20));
  reads_.OpenGate();
  EXPECT_TRUE(testing::Await(absl::Seconds(10),
                             [&] { return executor_->LongestRun() == absl::ZeroDuration(); }));
}

TEST_F(ExecutorTest, OneCallIsABatchOfOne) {
  Start({});
  Submit(reads_, Call(7));
  ASSERT_TRUE(reads_.AwaitBatches(1));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(7)));
}

TEST_F(ExecutorTest, WhatWaitsForAMethodIsTakenTogetherUpToItsLimit) {
  Start({});
  OccupyReadWorker();
  for (int i = 1; i <= 5; ++i) Submit(reads_, Call(i));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(3));
  EXPECT_THAT(reads_.Batches(),
              ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3), ElementsAre(4, 5)));
}

TEST_F(ExecutorTest, WithoutBatchingEveryCallRunsAlone) {
  Start({.batching = false});
  OccupyReadWorker();
  for (int i = 1; i <= 2; ++i) Submit(reads_, Call(i));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(3));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(1), ElementsAre(2)));
}

TEST_F(ExecutorTest, TheMethodThatWaitsLongestIsNext) {
  Start({});
  OccupyReadWorker();
  others_.ShutGate();
  Submit(others_, Call(1));
  Advance(absl::Milliseconds(1));
  Submit(reads_, Call(2));
  reads_.OpenGate();
  ASSERT_TRUE(others_.AwaitBatches(1));
  EXPECT_EQ(reads_.Batches().size(), 1u);
  others_.OpenGate();
  EXPECT_TRUE(reads_.AwaitBatches(2));
}

TEST_F(ExecutorTest, TenantsTakeTurnsInABatchAndEachOnesCallsKeepTheirOrder) {
  Start({});
  OccupyReadWorker();
  for (int i = 1; i <= 5; ++i) Submit(reads_, Call("many", i));
  for (int i = 11; i <= 12; ++i) Submit(reads_, Call("few", i));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(4));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(1, 11, 2),
                                            ElementsAre(12, 3, 4), ElementsAre(5)));
}

TEST_F(ExecutorTest, TenantsTakeTurnsAmongMethodsToo) {
  Start({});
  OccupyReadWorker();
  for (int i = 1; i <= 7; ++i) Submit(reads_, Call("many", i));
  others_.ShutGate();
  Submit(others_, Call("few", 11));
  reads_.OpenGate();
  ASSERT_TRUE(others_.AwaitBatches(1));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3)));
  others_.OpenGate();
  EXPECT_TRUE(reads_.AwaitBatches(4));
}

// The known-bad variant of the two above.
TEST_F(ExecutorTest, WithoutTurnsATenantWithFewCallsWaitsForTheOneWithMany) {
  Start({.fair = false});
  OccupyReadWorker();
  for (int i = 1; i <= 5; ++i) Submit(reads_, Call("many", i));
  Submit(reads_, Call("few", 11));
  reads_.OpenGate();
  ASSERT_TRUE(reads_.AwaitBatches(3));
  EXPECT_THAT(reads_.Batches(),
              ElementsAre(ElementsAre(0), ElementsAre(1, 2, 3), ElementsAre(4, 5, 11)));
}

TEST_F(ExecutorTest, NoTenantTakesAllPlaces) {
  Start({.max_queued = 90});
  OccupyReadWorker();
  int taken = 0;
  while (!Submit(reads_, Call("many", taken + 1))) ++taken;
  EXPECT_EQ(taken, 80);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "many", Now()), Refusal::kQueueFull);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "few", Now()), std::nullopt);
  EXPECT_EQ(Submit(reads_, Call("few", 100)), std::nullopt);
}

TEST_F(ExecutorTest, SlownessIsForThoseWhoseCallsWait) {
  Start({.max_wait = absl::Seconds(1)});
  OccupyReadWorker();
  for (int i = 1; i <= 5; ++i) Submit(reads_, Call("many", i));
  Advance(absl::Milliseconds(1001));
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "many", Now()), Refusal::kQueueSlow);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "few", Now()), std::nullopt);
  EXPECT_EQ(Submit(reads_, Call("few", 11)), std::nullopt);
  EXPECT_EQ(executor_->WouldRefuse(Lane::kRead, "few", Now()), std::nullopt) << "below its share";
  Advance(absl::Milliseconds(1001));
  reads_.OpenGate();
  // The first batch: 1, 11 and 2. Two of "many" wait behind it, none of "few".
  ASSERT_TRUE(reads_.AwaitBatches(3));
  EXPECT_THAT(reads_.Batches(), ElementsAre(ElementsAre(0), ElementsAre(11), ElementsAre(3, 4, 5)));
  EXPECT_THAT(reads_.Refused(),
              ElementsAre(Pair(1, Refusal::kQueueSlow), Pair(2, Refusal::kQueueSlow)));
}

TEST_F(ExecutorTest, NoLaneWaitsBehindAnother) {
  Start({});
  OccupyReadWorker();
  Submit(writes_, Call(1));
  EXPECT_TRUE(writes_.AwaitBatches(1));
  Submit(own_, Call(2));
  EXPECT_TRUE(own_.AwaitBatches(1));
}

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
