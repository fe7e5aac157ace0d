#include "common/rpc/executor.h"

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace crm::rpc {
namespace {

constexpr int64_t kNothingWaits = INT64_MAX;
constexpr int64_t kIdle = INT64_MAX;

}  // namespace

absl::string_view RefusalName(Refusal refusal) {
  switch (refusal) {
    case Refusal::kQueueFull:
      return "queue_full";
    case Refusal::kQueueSlow:
      return "queue_slow";
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
  absl::Mutex mutex;
  absl::CondVar work;
  std::vector<CallQueue*> active ABSL_GUARDED_BY(mutex);
  int idle ABSL_GUARDED_BY(mutex) = 0;
  bool waking ABSL_GUARDED_BY(mutex) = false;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  // Written under mutex, read without it by WouldRefuse and Queued.
  std::atomic<size_t> queued{0};
  std::atomic<size_t> bytes{0};
  std::atomic<int64_t> oldest_arrival{kNothingWaits};  // SteadyTime; a hint
  std::deque<std::atomic<int64_t>> busy_since;  // SteadyTime of each worker's batch, or kIdle
  std::vector<std::thread> workers;             // of the thread that stops

  // Wakes one worker, and no second one before the first has taken its batch.
  bool ShouldWake() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    if (idle == 0 || waking) return false;
    waking = true;
    return true;
  }

  void Append(CallQueue& queue, QueuedCall* call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  CallQueue* Oldest() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  void Take(CallQueue& queue, size_t limit, std::vector<QueuedCall*>& batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

void Executor::LaneState::Append(CallQueue& queue, QueuedCall* call) {
  call->next = nullptr;
  (queue.head_ == nullptr ? queue.head_ : queue.tail_->next) = call;
  queue.tail_ = call;
  if (!queue.active_) {
    queue.active_ = true;
    active.push_back(&queue);
  }
  const size_t before = queued.load(std::memory_order_relaxed);
  if (before == 0) {
    oldest_arrival.store(call->arrival.ToNanoseconds(), std::memory_order_relaxed);
  }
  queued.store(before + 1, std::memory_order_relaxed);
  bytes.store(bytes.load(std::memory_order_relaxed) + call->bytes, std::memory_order_relaxed);
}

CallQueue* Executor::LaneState::Oldest() const {
  CallQueue* best = nullptr;
  for (CallQueue* queue : active) {
    if (best == nullptr || queue->head_->arrival < best->head_->arrival) best = queue;
  }
  return best;
}

// Moves up to the limit from the queue to `batch`.
void Executor::LaneState::Take(CallQueue& queue, size_t limit, std::vector<QueuedCall*>& batch) {
  size_t taken = 0;
  while (queue.head_ != nullptr && batch.size() < limit) {
    QueuedCall* call = queue.head_;
    queue.head_ = call->next;
    taken += call->bytes;
    batch.push_back(call);
  }
  if (queue.head_ == nullptr) {
    queue.tail_ = nullptr;
    queue.active_ = false;
    active.erase(std::find(active.begin(), active.end(), &queue));
  }
  queued.store(queued.load(std::memory_order_relaxed) - batch.size(), std::memory_order_relaxed);
  bytes.store(bytes.load(std::memory_order_relaxed) - taken, std::memory_order_relaxed);
  const CallQueue* const oldest = Oldest();
  oldest_arrival.store(oldest == nullptr ? kNothingWaits : oldest->head_->arrival.ToNanoseconds(),
                       std::memory_order_relaxed);
}

Executor::Executor(ExecutorOptions options, base::SteadyClock clock)
    : options_(std::move(options)), clock_(std::move(clock)) {
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

std::optional<Refusal> Executor::WouldRefuse(Lane lane, base::SteadyTime now) const {
  const LaneState& state = StateOf(lane);
  if (state.queued.load(std::memory_order_relaxed) >= options_.max_queued ||
      state.bytes.load(std::memory_order_relaxed) >= options_.max_queued_bytes) {
    return Refusal::kQueueFull;
  }
  const int64_t oldest = state.oldest_arrival.load(std::memory_order_relaxed);
  if (oldest == kNothingWaits) return std::nullopt;
  const absl::Duration age = absl::Nanoseconds(now.ToNanoseconds() - oldest);
  return age > options_.max_wait ? std::optional(Refusal::kQueueSlow) : std::nullopt;
}

bool Executor::Submit(CallQueue& queue, QueuedCall* call, Refusal* refusal) {
  LaneState& lane = StateOf(queue.lane_);
  bool wake = false;
  {
    absl::MutexLock lock(&lane.mutex);
    if (lane.stopping) {
      *refusal = Refusal::kStopped;
      return false;
    }
    if (lane.queued.load(std::memory_order_relaxed) >= options_.max_queued ||
        lane.bytes.load(std::memory_order_relaxed) + call->bytes > options_.max_queued_bytes) {
      *refusal = Refusal::kQueueFull;
      return false;
    }
    lane.Append(queue, call);
    wake = lane.ShouldWake();
  }
  if (wake) lane.work.Signal();
  return true;
}

// Waits for calls and takes a batch of the method whose head is oldest; nullptr once the executor
// stops and none is left. `crowded`: whether others wait behind the batch.
CallQueue* Executor::TakeBatch(LaneState& lane, std::vector<QueuedCall*>& batch, bool& crowded) {
  CallQueue* queue = nullptr;
  bool wake = false;
  {
    absl::MutexLock lock(&lane.mutex);
    while ((queue = lane.Oldest()) == nullptr) {
      if (lane.stopping) return nullptr;
      ++lane.idle;
      lane.work.Wait(&lane.mutex);
      --lane.idle;
      lane.waking = false;
    }
    lane.Take(*queue, LimitOf(*queue), batch);
    crowded = lane.queued.load(std::memory_order_relaxed) > 0;
    wake = crowded && lane.ShouldWake();
  }
  if (wake) lane.work.Signal();
  return queue;
}

absl::Duration Executor::LongestRun() const {
  int64_t oldest = kIdle;
  for (const auto& lane : lanes_) {
    for (const auto& busy_since : lane->busy_since) {
      oldest = std::min(oldest, busy_since.load(std::memory_order_relaxed));
    }
  }
  if (oldest == kIdle) return absl::ZeroDuration();
  return absl::Nanoseconds(Now().ToNanoseconds() - oldest);
}

void Executor::Work(LaneState& lane, std::atomic<int64_t>& busy_since) {
  std::vector<QueuedCall*> batch;
  bool crowded = false;
  while (CallQueue* queue = TakeBatch(lane, batch, crowded)) {
    busy_since.store(Now().ToNanoseconds(), std::memory_order_relaxed);
    RunBatch(*queue, batch, crowded);
    busy_since.store(kIdle, std::memory_order_relaxed);
    batch.clear();
  }
}

void Executor::RunBatch(CallQueue& queue, std::vector<QueuedCall*>& batch, bool crowded) {
  const base::SteadyTime now = clock_();
  size_t kept = 0;
  for (QueuedCall* call : batch) {
    if (call->deadline <= now) {  // first: gRPC cancels a call at its deadline
      queue.Refuse(call, Refusal::kDeadlinePassed);
    } else if (call->cancelled.load(std::memory_order_relaxed)) {
      queue.Refuse(call, Refusal::kCancelled);
    } else if (crowded && now - call->arrival > options_.max_wait) {
      queue.Refuse(call, Refusal::kQueueSlow);
    } else {
      batch[kept++] = call;
    }
  }
  if (kept > 0) queue.Run(absl::MakeConstSpan(batch.data(), kept), now);
}

void Executor::Stop() {
  for (auto& lane : lanes_) {
    {
      absl::MutexLock lock(&lane->mutex);
      lane->stopping = true;
    }
    lane->work.SignalAll();
  }
  for (auto& lane : lanes_) {
    for (std::thread& worker : lane->workers) worker.join();
    lane->workers.clear();
  }
}

}  // namespace crm::rpc
