#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "common/pg/connection.h"
#include "common/pg/params.h"
#include "common/pg/pool.h"

namespace crm::pg {

// One READ COMMITTED transaction that sends as little as it can: BEGIN travels with the first
// query, deferred statements travel with the next query or with COMMIT. So a lock-then-write
// transaction is two round trips however many statements it has. One thread at a time.
class Transaction {
 public:
  // `deadline` bounds the whole of it: each round trip has what is left. It sees and writes the
  // rows of `tenants` only; that travels with BEGIN.
  Transaction(Connection& connection, Tenants tenants, base::Deadline deadline);
  ~Transaction();  // rolls back unless committed
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // Sends what was deferred and this statement, one round trip; returns this statement's rows.
  // After an error the transaction can only be rolled back; nothing more is sent.
  absl::StatusOr<Rows> Query(const Statement& statement, const Params& params);

  // Keeps the statement for the next Query or Commit. Its rows are not seen; its errors come then.
  absl::Status Defer(const Statement& statement, const Params& params);

  // The same with one parameter for each column; nothing if there are no rows.
  absl::Status Defer(const Statement& statement, const Columns& rows) {
    return rows.empty() ? absl::OkStatus() : Defer(statement, rows.ToParams());
  }

  // Sends what was deferred and COMMIT in one round trip. A transaction that sent nothing and has
  // nothing deferred commits for free. UNAVAILABLE / COMMIT_IN_DOUBT if the connection broke. After
  // a Query or Defer that failed: that failure, even if nobody looked at it, and no commit.
  absl::Status Commit();

  // Whether the connection turned out dead at the first round trip, so that a fresh one may be
  // tried: nothing was done, nor committed.
  bool FoundDeadConnection() const;

 private:
  absl::StatusOr<Rows> Send();

  Connection& connection_;
  const Tenants tenants_;
  const base::Deadline deadline_;
  std::string& pending_;   // the connection's
  absl::Status failure_;   // the first; PostgreSQL would answer COMMIT with a silent rollback
  bool begun_ = false;     // BEGIN is in the text
  bool sent_ = false;      // or was sent
  bool answered_ = false;  // and the server said something
  bool finished_ = false;  // COMMIT was sent
};

// Runs `body` in a transaction of `tenants` and commits. Retries the whole of it, at most
// `attempts` times and within the deadline, when the failure is retryable (IsRetryable), and once
// more on a fresh connection when the pooled one had died. The body must therefore have no effect
// outside the transaction that a second run does not overwrite. Blocks.
absl::Status RunInTransaction(Pool& pool, const Tenants& tenants, base::Deadline deadline,
                              const std::function<absl::Status(Transaction&)>& body,
                              int attempts = 4);

}  // namespace crm::pg
