#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/pg/connection.h"

namespace crm::pg {

// A fixed number of connections, opened on demand, destroyed on first breakage. Thread-safe.
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

  Pool(ConnectionOptions options, int size);
  ~Pool();

  // Blocks until a connection is free, at most until `deadline`. UNAVAILABLE if the database cannot
  // be reached, DEADLINE_EXCEEDED if none came free.
  absl::StatusOr<Lease> Acquire(absl::Time deadline);

  // One prepared read outside a transaction. A connection that broke while idle is replaced and the
  // read tried once more.
  absl::StatusOr<Rows> Read(const Statement& statement, const Params& params, absl::Time deadline);

  // The same for a query that is complete text.
  absl::StatusOr<Rows> ReadText(const std::string& sql, absl::Time deadline);

  int size() const { return size_; }

 private:
  absl::StatusOr<Rows> ReadTwice(
      const std::function<absl::Status(Connection&, std::string&)>& append, absl::Time deadline);
  void Release(std::unique_ptr<Connection> connection);

  const ConnectionOptions options_;
  const int size_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
  int lent_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::pg
