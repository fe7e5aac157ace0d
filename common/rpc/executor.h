#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <absl/types/span.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "common/base/steady_clock.h"

namespace crm::rpc {

// Which workers run a method. A process may have lanes of its own beside reads and writes: for
// calls that wait for something else than the database, and so must not hold up the others.
enum class Lane : size_t { kRead, kWrite };
constexpr Lane OwnLane(size_t index) { return static_cast<Lane>(2 + index); }

// Why a call was not run.
enum class Refusal {
  kQueueFull,       // too many calls wait, or their requests are too large together
  kQueueSlow,       // it would wait, or has waited, too long
  kDeadlinePassed,  // its own
  kCancelled,       // nobody waits for the answer any more
  kStopped,         // the executor takes no more calls
};
inline constexpr size_t kRefusals = 5;
// "queue_full", "queue_slow", "deadline_passed", "cancelled", "stopped".
absl::string_view RefusalName(Refusal refusal);

// One waiting call. The executor links it into a queue while it waits and owns nothing.
struct QueuedCall {
  QueuedCall* next = nullptr;
  base::SteadyTime arrival;
  base::Deadline deadline = base::Deadline::None();
  // What it costs to keep it waiting.
  size_t bytes = 0;
  // Set from any thread: nobody waits for the answer any more.
  std::atomic<bool> cancelled{false};
};

class Executor;

// The waiting calls of one method, oldest first. Must outlive the executor's Stop.
class CallQueue {
 public:
  CallQueue(Lane lane, size_t batch_limit) : lane_(lane), batch_limit_(batch_limit) {}
  virtual ~CallQueue() = default;
  CallQueue(const CallQueue&) = delete;
  CallQueue& operator=(const CallQueue&) = delete;

  Lane lane() const { return lane_; }

 protected:
  // On a worker: runs 1..batch_limit calls, oldest first. Must not throw.
  virtual void Run(absl::Span<QueuedCall* const> calls, base::SteadyTime now) = 0;
  // On a worker: answers a call that will not be run.
  virtual void Refuse(QueuedCall* call, Refusal refusal) = 0;

 private:
  friend class Executor;

  const Lane lane_;
  const size_t batch_limit_;
  // Guarded by the lane's mutex.
  QueuedCall* head_ = nullptr;
  QueuedCall* tail_ = nullptr;
  bool active_ = false;
};

struct ExecutorOptions {
  int read_workers = 2;
  int write_workers = 2;
  // Of OwnLane(0), OwnLane(1) and so on.
  std::vector<int> own_workers = {};
  // Bounds on what waits in each lane; a call beyond them is refused.
  size_t max_queued = 2048;
  size_t max_queued_bytes = size_t{32} << 20;
  // New calls are refused while the oldest waiting one is older than this, and so is a waiting one
  // with others behind it.
  absl::Duration max_wait = absl::Seconds(1);
  // false runs every call alone: for measuring what batches bring.
  bool batching = true;
};

// Worker threads over bounded queues with natural batching: a free worker takes all waiting calls
// of the method whose head is oldest, up to the method's batch limit, and never waits for more.
// All methods may be called from any thread.
class Executor {
 public:
  explicit Executor(ExecutorOptions options, base::SteadyClock clock = base::SteadyNow);
  // Stops.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  bool Has(Lane lane) const { return static_cast<size_t>(lane) < lanes_.size(); }

  // Why a call of the lane that arrives now would not be taken, if so; a cheap look without a lock.
  std::optional<Refusal> WouldRefuse(Lane lane, base::SteadyTime now) const;

  // Queues the call for `queue`, or tells why not; then the caller still owns it and Refuse is not
  // called. Never blocks.
  bool Submit(CallQueue& queue, QueuedCall* call, Refusal* refusal);

  // Takes no more calls, runs those that wait, joins the workers. Blocks. Repeatable.
  void Stop();

  // Calls that wait in the lane now.
  size_t Queued(Lane lane) const;
  // For how long the batch that runs longest has run; zero if none runs.
  absl::Duration LongestRun() const;
  base::SteadyTime Now() const { return clock_(); }
  const ExecutorOptions& options() const { return options_; }

 private:
  struct LaneState;

  LaneState& StateOf(Lane lane) const;
  void Work(LaneState& lane, std::atomic<int64_t>& busy_since);
  CallQueue* TakeBatch(LaneState& lane, std::vector<QueuedCall*>& batch, bool& crowded);
  void RunBatch(CallQueue& queue, std::vector<QueuedCall*>& batch, bool crowded);
  size_t LimitOf(const CallQueue& queue) const;

  const ExecutorOptions options_;
  const base::SteadyClock clock_;
  std::vector<std::unique_ptr<LaneState>> lanes_;  // by Lane
};

}  // namespace crm::rpc
