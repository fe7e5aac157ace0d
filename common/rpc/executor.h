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
#include "common/rpc/waiting_calls.h"

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
  kTenantRate,      // its tenant calls more often than it may
  kTenantOpen,      // its tenant has as many open calls as it may
};
inline constexpr size_t kRefusals = 7;
// "queue_full", "queue_slow", "deadline_passed", "cancelled", "stopped", "tenant_rate",
// "tenant_open".
absl::string_view RefusalName(Refusal refusal);

// One waiting call. The executor links it into a queue while it waits and owns nothing.
struct QueuedCall {
  // The executor's own, while the call waits.
  QueuedCall* older = nullptr;
  QueuedCall* newer = nullptr;
  TenantLine* line = nullptr;
  bool more_wait = false;  // when it was taken, its tenant's share and more waited on

  base::SteadyTime arrival;
  base::Deadline deadline = base::Deadline::None();
  // What it costs to keep it waiting.
  size_t bytes = 0;
  // Set from any thread: nobody waits for the answer any more.
  std::atomic<bool> cancelled{false};
};

class Executor;

// A waiting call in the order of turns.
struct WaitingTurn {
  int64_t turn;
  uint64_t arrival;
  QueuedCall* call;
};

// The waiting calls of one method. Must outlive the executor's Stop.
class CallQueue {
 public:
  CallQueue(Lane lane, size_t batch_limit) : lane_(lane), batch_limit_(batch_limit) {}
  virtual ~CallQueue() = default;
  CallQueue(const CallQueue&) = delete;
  CallQueue& operator=(const CallQueue&) = delete;

  Lane lane() const { return lane_; }

 protected:
  // On a worker: runs 1..batch_limit calls, those of a tenant oldest first. Must not throw.
  virtual void Run(absl::Span<QueuedCall* const> calls, base::SteadyTime now) = 0;
  // On a worker: answers a call that will not be run.
  virtual void Refuse(QueuedCall* call, Refusal refusal) = 0;

 private:
  friend class Executor;
  friend class WaitingCalls;

  const Lane lane_;
  const size_t batch_limit_;
  std::vector<WaitingTurn> waiting_;  // a heap; guarded by the lane's mutex
};

struct ExecutorOptions {
  int read_workers = 2;
  int write_workers = 2;
  // Of OwnLane(0), OwnLane(1) and so on.
  std::vector<int> own_workers = {};
  // Bounds on what waits in each lane; a call beyond them is refused. One tenant holds at most
  // eight ninths of them.
  size_t max_queued = 2048;
  size_t max_queued_bytes = size_t{32} << 20;
  // While the oldest waiting call is older than this, new calls are refused of tenants that have
  // their share of what waits; so is a call that has waited for so long, if its tenant has its
  // share of what waits behind it. With one tenant: any others at all.
  absl::Duration max_wait = absl::Seconds(1);
  // false runs every call alone: for measuring what batches bring.
  bool batching = true;
  // false lets calls run in the order of their arrival, whoever sent them: for measuring what turns
  // bring.
  bool fair = true;
};

// Worker threads over bounded queues with natural batching: a free worker takes all waiting calls
// of the method whose call is next, up to the method's batch limit, and never waits for more. Of
// one tenant's calls the oldest is next; tenants take turns (waiting_calls.h), in a batch too.
// All methods may be called from any thread.
class Executor {
 public:
  explicit Executor(ExecutorOptions options, base::SteadyClock clock = base::SteadyNow);
  // Stops.
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  bool Has(Lane lane) const { return static_cast<size_t>(lane) < lanes_.size(); }

  // Why a call of the tenant that arrives now in the lane would not be taken, if so; a cheap look,
  // without a lock while all is well.
  std::optional<Refusal> WouldRefuse(Lane lane, absl::string_view tenant,
                                     base::SteadyTime now) const;

  // Queues the call for `queue`, or tells why not; then the caller still owns it and Refuse is not
  // called. Never blocks.
  bool Submit(CallQueue& queue, absl::string_view tenant, QueuedCall* call, Refusal* refusal);

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
  absl::string_view TurnsOf(absl::string_view tenant) const;
  void Work(LaneState& lane, std::atomic<int64_t>& busy_since);
  CallQueue* TakeBatch(LaneState& lane, std::vector<QueuedCall*>& batch);
  void RunBatch(CallQueue& queue, std::vector<QueuedCall*>& batch);
  size_t LimitOf(const CallQueue& queue) const;

  const ExecutorOptions options_;
  const base::SteadyClock clock_;
  std::vector<std::unique_ptr<LaneState>> lanes_;  // by Lane
};

}  // namespace crm::rpc
