#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/base/steady_clock.h"
#include "common/pg/params.h"
#include "common/pg/pool.h"
#include "common/pg/statement.h"
#include "common/pg/tenants.h"

namespace crm::pg {

// Reads that all see the database as it was when the first of them ran: REPEATABLE READ, READ ONLY
// transactions on connections of the pool, which go back with the object. For reads of many rows in
// pieces. Thread-safe: as many queries run at the same time as there are connections, others wait;
// each blocks for one round trip.
class Snapshot {
 public:
  // With `connections`, at least one; fewer where another one does not come free soon. Tries once
  // more on a fresh connection if the pooled one had died. It sees the rows of `tenants` only;
  // `deadline` bounds all of it. Errors: as Pool::Acquire and Connection::Send.
  static absl::StatusOr<std::unique_ptr<Snapshot>> Begin(Pool& pool, const Tenants& tenants,
                                                         base::Deadline deadline,
                                                         size_t connections = 1);
  ~Snapshot();  // ends the transactions
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  absl::StatusOr<Rows> Query(const Statement& statement, const Params& params);

 private:
  Snapshot(Pool::Lease lease, const Tenants& tenants, base::Deadline deadline);
  // Begins the transaction on `connection`, which sees what `like` names, if that is not empty.
  absl::Status Open(Connection& connection, const std::string& like) const;
  absl::Status Join(Pool& pool);

  const Tenants tenants_;
  const base::Deadline deadline_;
  std::vector<Pool::Lease> leases_;  // the first began, the others joined

  absl::Mutex mutex_;
  std::vector<Connection*> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::pg
