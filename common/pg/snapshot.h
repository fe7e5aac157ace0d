#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "common/pg/params.h"
#include "common/pg/pool.h"
#include "common/pg/statement.h"
#include "common/pg/tenants.h"

namespace crm::pg {

// Reads that all see the database as it was when the first of them ran: one REPEATABLE READ, READ
// ONLY transaction on a connection of the pool, which goes back with the object. For reads of many
// rows in pieces. One thread at a time; each call blocks for one round trip.
class Snapshot {
 public:
  // Tries once more on a fresh connection if the pooled one had died. It sees the rows of `tenants`
  // only; `deadline` bounds all of it. Errors: as Pool::Acquire and Connection::Send.
  static absl::StatusOr<std::unique_ptr<Snapshot>> Begin(Pool& pool, const Tenants& tenants,
                                                         base::Deadline deadline);
  ~Snapshot();  // ends the transaction
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  absl::StatusOr<Rows> Query(const Statement& statement, const Params& params);

 private:
  Snapshot(Pool::Lease lease, const Tenants& tenants, base::Deadline deadline);
  absl::Status Open();

  Pool::Lease lease_;
  const Tenants tenants_;
  const base::Deadline deadline_;
};

}  // namespace crm::pg
