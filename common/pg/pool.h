#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/base/steady_clock.h"
#include "common/base/steady_condition.h"
#include "common/metrics/registry.h"
#include "common/pg/connection.h"

namespace crm::pg {

// A fixed number of connections, opened on demand, destroyed on first breakage. Thread-safe.
//
// Connecting may take seconds while a server is silent or slow, so threads of the pool do it and
// who needs a connection waits no longer than it wants to; what was begun for somebody who is gone
// is for the next. They also roll back what callers gave up where the server is slow, and replace
// at once what broke.
//
// When a connection breaks, those are taken for dead too that the server has not answered since. If
// it was cut at a caller's deadline, it says nothing of the others while one of them was answered
// meanwhile: then the server is slow, and all would be slower yet with new connections.
class Pool {
 public:
  // A connection on loan; goes back to the pool when it goes out of scope (or is destroyed there if
  // it broke).
  class Lease {
   public:
    Lease(Pool* pool, std::unique_ptr<Connection> connection);
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // `registry`, if any, gets crm_db_pool_wait_seconds and must outlive the pool.
  Pool(ConnectionOptions options, int size, metrics::Registry* registry = nullptr);
  // Closes; waits for connections that are being opened. All leases must be back.
  ~Pool();

  // Blocks until a connection is free, at most until `deadline`. UNAVAILABLE, as soon as that is
  // known, if the database cannot be reached; DEADLINE_EXCEEDED if none came free.
  absl::StatusOr<Lease> Acquire(base::Deadline deadline);

  // One prepared read outside a transaction, of these tenants' rows, in one round trip. A
  // connection that died while idle is replaced and the read tried once more.
  absl::StatusOr<Rows> Read(const Tenants& tenants, const Statement& statement,
                            const Params& params, base::Deadline deadline);

  // The same for a query that is complete text.
  absl::StatusOr<Rows> ReadText(const Tenants& tenants, const std::string& sql,
                                base::Deadline deadline);

  // From now on Acquire is UNAVAILABLE at once, also for those who wait. Does not block.
  void Close();

  int size() const { return size_; }

 private:
  using Idle = std::vector<std::unique_ptr<Connection>>;

  absl::StatusOr<Lease> Wait(base::Deadline deadline);
  absl::StatusOr<Rows> ReadTwice(const Tenants& tenants,
                                 const std::function<void(Connection&, std::string&)>& append,
                                 base::Deadline deadline);
  void Tend();
  bool AwaitNeed(std::unique_ptr<Connection>& owing);
  void Admit(absl::StatusOr<std::unique_ptr<Connection>> opened);
  void Release(std::unique_ptr<Connection> connection);
  void TakeForDead(const Connection& broken, Idle& dead) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::unique_ptr<Connection> TakeLiving(Idle& dead) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool NeedsMore() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ConnectionOptions options_;
  const int size_;
  metrics::Histogram* const wait_seconds_;

  absl::Mutex mutex_;
  base::SteadyCondition available_;  // a connection is idle, or connecting failed
  base::SteadyCondition needed_;     // NeedsMore, or one owes a rollback
  Idle idle_ ABSL_GUARDED_BY(mutex_);
  Idle owing_ ABSL_GUARDED_BY(mutex_);      // a rollback
  int lent_ ABSL_GUARDED_BY(mutex_) = 0;    // or owing it, or being rolled back
  int broken_ ABSL_GUARDED_BY(mutex_) = 0;  // and to be replaced, whether somebody waits or not
  int opening_ ABSL_GUARDED_BY(mutex_) = 0;
  int waiting_ ABSL_GUARDED_BY(mutex_) = 0;  // since the last failure to connect
  int64_t failures_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status last_failure_ ABSL_GUARDED_BY(mutex_);
  // Those that the server has not answered since are dead.
  base::SteadyTime dead_before_ ABSL_GUARDED_BY(mutex_);
  base::SteadyTime answered_ ABSL_GUARDED_BY(mutex_);  // the last that is known of any
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> tenders_;
};

}  // namespace crm::pg
