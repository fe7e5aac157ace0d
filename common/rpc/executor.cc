#include "common/rpc/executor.h"

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <algorithm>
#include <deque>
#include <utility>

namespace crm::rpc {
namespace {

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
    case Refusal::kTenantRate:
      return "tenant_rate";
    case Refusal::kTenantOpen:
      return "tenant_open";
  }
  return "unknown";
}

struct Executor::LaneState {
  explicit LaneState(const ExecutorOptions& options)
      : waiting({options.max_queued, options.max_queued_bytes}) {}

  absl::Mutex mutex;
  absl::CondVar work;
  WaitingCalls waiting;  // guarded by mutex, as far as it wants to be
  int idle ABSL_GUARDED_BY(mutex) = 0;
  bool waking ABSL_GUARDED_BY(mutex) = false;
  bool stopping ABSL_GUARDED_BY(mutex) = false;
  std::deque<std::atomic<int64_t>> busy_since;  // SteadyTime of each worker's batch, or kIdle
  std::vector<std::thread> workers;             // of the thread that stops

  // Wakes one worker, and no second one before the first has taken its batch.
  bool ShouldWake() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    if (idle == 0 || waking) return false;
    waking = true;
    return true;
  }
};

Executor::Executor(ExecutorOptions options, base::SteadyClock clock)
    : options_(std::move(options)), clock_(std::move(clock)) {
  std::vector<int> counts = {options_.read_workers, options_.write_workers};
  counts.insert(counts.end(), options_.own_workers.begin(), options_.own_workers.end());
  for (const int count : counts) {
    LaneState& lane = *lanes_.emplace_back(std::make_unique<LaneState>(options_));
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

// Whose turns a call of the tenant takes.
absl::string_view Executor::TurnsOf(absl::string_view tenant) const {
  return options_.fair ? tenant : absl::string_view();
}

size_t Executor::Queued(Lane lane) const { return StateOf(lane).waiting.count(); }

std::optional<Refusal> Executor::WouldRefuse(Lane lane, absl::string_view tenant,
                                             base::SteadyTime now) const {
  LaneState& state = StateOf(lane);
  const bool slow = state.waiting.OldestAge(now) > options_.max_wait;
  if (!slow && state.waiting.HasPlaceForAnybody()) return std::nullopt;
  absl::MutexLock lock(&state.mutex);
  if (!state.waiting.HasPlace(TurnsOf(tenant), 0)) return Refusal::kQueueFull;
  if (slow && state.waiting.AtShare(TurnsOf(tenant))) return Refusal::kQueueSlow;
  return std::nullopt;
}

bool Executor::Submit(CallQueue& queue, absl::string_view tenant, QueuedCall* call,
                      Refusal* refusal) {
  LaneState& lane = StateOf(queue.lane_);
  bool wake = false;
  {
    absl::MutexLock lock(&lane.mutex);
    if (lane.stopping) {
      *refusal = Refusal::kStopped;
      return false;
    }
    if (!lane.waiting.HasPlace(TurnsOf(tenant), call->bytes)) {
      *refusal = Refusal::kQueueFull;
      return false;
    }
    lane.waiting.Add(queue, LimitOf(queue), TurnsOf(tenant), call);
    wake = lane.ShouldWake();
  }
  if (wake) lane.work.Signal();
  return true;
}

// Waits for calls and takes a batch of the method that is next; nullptr once the executor stops and
// none is left.
CallQueue* Executor::TakeBatch(LaneState& lane, std::vector<QueuedCall*>& batch) {
  CallQueue* queue = nullptr;
  bool wake = false;
  {
    absl::MutexLock lock(&lane.mutex);
    while ((queue = lane.waiting.Next()) == nullptr) {
      if (lane.stopping) return nullptr;
      ++lane.idle;
      lane.work.Wait(&lane.mutex);
      --lane.idle;
      lane.waking = false;
    }
    lane.waiting.Take(*queue, LimitOf(*queue), batch);
    wake = lane.waiting.count() > 0 && lane.ShouldWake();
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
  while (CallQueue* queue = TakeBatch(lane, batch)) {
    busy_since.store(Now().ToNanoseconds(), std::memory_order_relaxed);
    RunBatch(*queue, batch);
    busy_since.store(kIdle, std::memory_order_relaxed);
    batch.clear();
  }
}

void Executor::RunBatch(CallQueue& queue, std::vector<QueuedCall*>& batch) {
  const base::SteadyTime now = clock_();
  size_t kept = 0;
  for (QueuedCall* call : batch) {
    if (call->deadline <= now) {  // first: gRPC cancels a call at its deadline
      queue.Refuse(call, Refusal::kDeadlinePassed);
    } else if (call->cancelled.load(std::memory_order_relaxed)) {
      queue.Refuse(call, Refusal::kCancelled);
    } else if (call->more_wait && now - call->arrival > options_.max_wait) {
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
