#include "common/rpc/executor.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <iterator>

namespace crm::rpc {
namespace {

constexpr int64_t kNothingWaits = INT64_MAX;
constexpr int64_t kIdle = INT64_MAX;

int64_t SteadyNanoseconds() {
  return absl::ToInt64Nanoseconds(
      absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch()));
}

}  // namespace

absl::string_view RefusalName(Refusal refusal) {
  switch (refusal) {
    case Refusal::kQueueFull:
      return "queue_full";
    case Refusal::kWaitedTooLong:
      return "waited_too_long";
    case Refusal::kDeadlinePassed:
      return "deadline_passed";
    case Refusal::kCancelled:
      return "cancelled";
    case Refusal::kStopped:
      return "stopped";
  }
  return "unknown";
}

struct Executor::LaneState {
  std::mutex mutex;
  std::condition_variable work;
  // Guarded by mutex.
  std::vector<CallQueue*> active;
  int idle = 0;
  bool waking = false;
  bool stopping = false;
  // Written under mutex, read without it by Admits and Queued.
  std::atomic<size_t> queued{0};
  std::atomic<size_t> bytes{0};
  std::atomic<int64_t> oldest_arrival{kNothingWaits};  // Unix nanoseconds; a hint
  std::deque<std::atomic<int64_t>> busy_since;         // of each worker, or kIdle
  std::vector<std::thread> workers;

  // Wakes one worker, and no second one before the first has taken its batch.
  bool ShouldWake() {
    if (idle == 0 || waking) return false;
    waking = true;
    return true;
  }
};

Executor::Executor(ExecutorOptions options, const base::Clock& clock)
    : options_(options), clock_(clock) {
  std::vector<int> counts = {options_.read_workers, options_.write_workers};
  counts.insert(counts.end(), options_.own_workers.begin(), options_.own_workers.end());
  for (const int count : counts) {
    LaneState& lane = *lanes_.emplace_back(std::make_unique<LaneState>());
    for (int n = 0; n < std::max(1, count); ++n) {
      std::atomic<int64_t>& busy_since = lane.busy_since.emplace_back(kIdle);
      lane.workers.emplace_back([this, &lane, &busy_since] { Work(lane, busy_since); });
    }
  }
}

Executor::~Executor() { Stop(); }

Executor::LaneState& Executor::StateOf(Lane lane) const {
  return *lanes_[static_cast<size_t>(lane)];
}

size_t Executor::LimitOf(const CallQueue& queue) const {
  return options_.batching ? std::max<size_t>(1, queue.batch_limit_) : 1;
}

size_t Executor::Queued(Lane lane) const {
  return StateOf(lane).queued.load(std::memory_order_relaxed);
}

bool Executor::Admits(Lane lane, absl::Time now) const {
  const LaneState& state = StateOf(lane);
  if (state.queued.load(std::memory_order_relaxed) >= options_.max_queued ||
      state.bytes.load(std::memory_order_relaxed) >= options_.max_queued_bytes) {
    return false;
  }
  const int64_t oldest = state.oldest_arrival.load(std::memory_order_relaxed);
  return oldest == kNothingWaits || now - absl::FromUnixNanos(oldest) <= options_.max_wait;
}

bool Executor::Submit(CallQueue& queue, QueuedCall* call, Refusal* refusal) {
  LaneState& lane = StateOf(queue.lane_);
  bool wake = false;
  {
    std::lock_guard<std::mutex> lock(lane.mutex);
    const size_t queued = lane.queued.load(std::memory_order_relaxed);
    const size_t bytes = lane.bytes.load(std::memory_order_relaxed);
    if (lane.stopping) {
      *refusal = Refusal::kStopped;
      return false;
    }
    if (queued >= options_.max_queued || bytes + call->bytes > options_.max_queued_bytes) {
      *refusal = Refusal::kQueueFull;
      return false;
    }
    call->next = nullptr;
    (queue.head_ == nullptr ? queue.head_ : queue.tail_->next) = call;
    queue.tail_ = call;
    if (!queue.active_) {
      queue.active_ = true;
      lane.active.push_back(&queue);
    }
    if (queued == 0) {
      lane.oldest_arrival.store(absl::ToUnixNanos(call->arrival), std::memory_order_relaxed);
    }
    lane.queued.store(queued + 1, std::memory_order_relaxed);
    lane.bytes.store(bytes + call->bytes, std::memory_order_relaxed);
    wake = lane.ShouldWake();
  }
  if (wake) lane.work.notify_one();
  return true;
}

CallQueue* Executor::Oldest(LaneState& lane) {
  CallQueue* best = nullptr;
  for (CallQueue* queue : lane.active) {
    if (best == nullptr || queue->head_->arrival < best->head_->arrival) best = queue;
  }
  return best;
}

// Moves up to the limit from the queue to `batch`; returns how many still wait in the lane.
size_t Executor::Take(LaneState& lane, CallQueue& queue, std::vector<QueuedCall*>& batch) {
  const size_t limit = LimitOf(queue);
  size_t bytes = 0;
  while (queue.head_ != nullptr && batch.size() < limit) {
    QueuedCall* call = queue.head_;
    queue.head_ = call->next;
    bytes += call->bytes;
    batch.push_back(call);
  }
  if (queue.head_ == nullptr) {
    queue.tail_ = nullptr;
    queue.active_ = false;
    lane.active.erase(std::find(lane.active.begin(), lane.active.end(), &queue));
  }
  const size_t left = lane.queued.load(std::memory_order_relaxed) - batch.size();
  lane.queued.store(left, std::memory_order_relaxed);
  lane.bytes.store(lane.bytes.load(std::memory_order_relaxed) - bytes, std::memory_order_relaxed);
  absl::Time oldest = absl::InfiniteFuture();
  for (CallQueue* waiting : lane.active) oldest = std::min(oldest, waiting->head_->arrival);
  lane.oldest_arrival.store(left == 0 ? kNothingWaits : absl::ToUnixNanos(oldest),
                            std::memory_order_relaxed);
  return left;
}

absl::Duration Executor::LongestRun() const {
  int64_t oldest = kIdle;
  for (const auto& lane : lanes_) {
    for (const auto& busy_since : lane->busy_since) {
      oldest = std::min(oldest, busy_since.load(std::memory_order_relaxed));
    }
  }
  if (oldest == kIdle) return absl::ZeroDuration();
  return absl::Nanoseconds(SteadyNanoseconds() - oldest);
}

void Executor::Work(LaneState& lane, std::atomic<int64_t>& busy_since) {
  std::vector<QueuedCall*> batch;
  std::unique_lock<std::mutex> lock(lane.mutex);
  while (true) {
    CallQueue* queue = Oldest(lane);
    if (queue == nullptr) {
      if (lane.stopping) return;
      ++lane.idle;
      lane.work.wait(lock);
      --lane.idle;
      lane.waking = false;
      continue;
    }
    batch.clear();
    const size_t left = Take(lane, *queue, batch);
    const bool wake = left > 0 && lane.ShouldWake();
    lock.unlock();
    if (wake) lane.work.notify_one();
    busy_since.store(SteadyNanoseconds(), std::memory_order_relaxed);
    RunBatch(*queue, batch, left > 0);
    busy_since.store(kIdle, std::memory_order_relaxed);
    lock.lock();
  }
}

void Executor::RunBatch(CallQueue& queue, std::vector<QueuedCall*>& batch, bool crowded) {
  const absl::Time now = clock_.Now();
  size_t kept = 0;
  for (QueuedCall* call : batch) {
    if (call->cancelled.load(std::memory_order_relaxed)) {
      queue.Refuse(call, Refusal::kCancelled);
    } else if (call->deadline <= now) {
      queue.Refuse(call, Refusal::kDeadlinePassed);
    } else if (crowded && now - call->arrival > options_.max_wait) {
      queue.Refuse(call, Refusal::kWaitedTooLong);
    } else {
      batch[kept++] = call;
    }
  }
  if (kept > 0) queue.Run(absl::MakeConstSpan(batch.data(), kept), now);
}

void Executor::Stop() {
  for (auto& lane : lanes_) {
    {
      std::lock_guard<std::mutex> lock(lane->mutex);
      lane->stopping = true;
    }
    lane->work.notify_all();
  }
  for (auto& lane : lanes_) {
    for (std::thread& worker : lane->workers) worker.join();
    lane->workers.clear();
  }
}

}  // namespace crm::rpc
