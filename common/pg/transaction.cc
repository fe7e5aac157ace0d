#include "common/pg/transaction.h"

#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/error_map.h"

namespace crm::pg {

Transaction::Transaction(Connection& connection, Tenants tenants, base::Deadline deadline)
    : connection_(connection),
      tenants_(std::move(tenants)),
      deadline_(deadline),
      pending_(connection.TakeText()) {}

Transaction::~Transaction() {
  if (begun_ && !finished_) connection_.Abandon(sent_);
}

absl::StatusOr<Rows> Transaction::Query(const Statement& statement, const Params& params) {
  CRM_RETURN_IF_ERROR(Defer(statement, params));
  pending_.pop_back();  // the separator, so that this statement is the last
  return Send();
}

absl::Status Transaction::Defer(const Statement& statement, const Params& params) {
  CRM_RETURN_IF_ERROR(failure_);
  if (!begun_) {
    connection_.AppendPreamble(pending_, tenants_, deadline_);
    pending_ += "BEGIN;";
    begun_ = true;
  } else if (pending_.empty()) {
    connection_.AppendTimeLimit(pending_, deadline_);
  }
  connection_.AppendExecute(pending_, statement, params);
  pending_ += ';';
  return absl::OkStatus();
}

absl::StatusOr<Rows> Transaction::Send() {
  sent_ = true;
  absl::StatusOr<Rows> rows = connection_.Send(pending_, deadline_);
  pending_.clear();
  failure_ = rows.status();
  answered_ = answered_ || !connection_.broken();
  return rows;
}

absl::Status Transaction::Commit() {
  CRM_RETURN_IF_ERROR(failure_);
  if (!begun_) return absl::OkStatus();
  pending_ += "COMMIT";
  absl::Status committed = Send().status();
  const bool doubtful = connection_.broken() && !IsReadOnly(committed);
  finished_ = committed.ok() || doubtful;
  if (!doubtful) return committed;
  return CommitInDoubt(error::PrivateTextOf(committed));
}

bool Transaction::FoundDeadConnection() const {
  return connection_.broken() && !connection_.cut() && !answered_ && !finished_;
}

absl::Status RunInTransaction(Pool& pool, const Tenants& tenants, base::Deadline deadline,
                              const std::function<absl::Status(Transaction&)>& body, int attempts) {
  bool replaced = false;
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<Pool::Lease> lease = pool.Acquire(deadline);
    if (!lease.ok()) return lease.status();
    Transaction transaction(**lease, tenants, deadline);
    absl::Status status = body(transaction);
    if (status.ok()) status = transaction.Commit();
    if (status.ok()) return status;
    if (!replaced && transaction.FoundDeadConnection()) {
      replaced = true;
      --attempt;
    } else if (attempt >= attempts || !IsRetryable(status) || deadline.Passed()) {
      return status;
    }
  }
}

}  // namespace crm::pg
