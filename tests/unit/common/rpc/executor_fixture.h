#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/rpc/executor.h"
#include "tests/support/await.h"

namespace crm::rpc {

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

}  // namespace crm::rpc
