#include "common/pg/transaction.h"

#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/pg/error_map.h"

namespace crm::pg {

Transaction::Transaction(Connection& connection, absl::Time deadline)
    : connection_(connection), deadline_(deadline), pending_(connection.TakeText()) {}

Transaction::~Transaction() {
  if (finished_ || !begun_ || connection_.broken()) return;
  (void)connection_.Execute("ROLLBACK");
  connection_.ForgetTimeout();
}

absl::StatusOr<Rows> Transaction::Query(const Statement& statement, const Params& params) {
  CRM_RETURN_IF_ERROR(Defer(statement, params));
  pending_.pop_back();  // the separator, so that this statement is the last
  return Send();
}

absl::Status Transaction::Defer(const Statement& statement, const Params& params) {
  CRM_RETURN_IF_ERROR(failure_);
  if (!begun_) {
    connection_.AppendPreamble(pending_, deadline_, absl::Now());
    pending_ += "BEGIN;";
    begun_ = true;
  }
  failure_ = connection_.AppendExecute(pending_, statement, params);
  pending_ += ';';
  return failure_;
}

absl::StatusOr<Rows> Transaction::Send() {
  absl::StatusOr<Rows> rows = connection_.Execute(pending_);
  pending_.clear();
  failure_ = rows.status();
  return rows;
}

absl::Status Transaction::Commit() {
  CRM_RETURN_IF_ERROR(failure_);
  if (begun_) {
    pending_ += "COMMIT";
    CRM_RETURN_IF_ERROR(InDoubtIfBroken(Send().status()));
  }
  finished_ = true;
  return absl::OkStatus();
}

absl::Status Transaction::InDoubtIfBroken(const absl::Status& committed) const {
  if (committed.ok() || !connection_.broken()) return committed;
  return error::Unavailable(error::kCommitInDoubt,
                            "The connection broke at commit; retry with the same request_id.",
                            absl::Milliseconds(200))
      .Private(error::PrivateTextOf(committed));
}

absl::Status RunInTransaction(Pool& pool, absl::Time deadline,
                              const std::function<absl::Status(Transaction&)>& body, int attempts) {
  absl::Status status;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    absl::StatusOr<Pool::Lease> lease = pool.Acquire(deadline);
    if (!lease.ok()) return lease.status();
    Transaction transaction(**lease, deadline);
    status = body(transaction);
    if (status.ok()) status = transaction.Commit();
    if (status.ok() || !IsRetryable(status) || absl::Now() >= deadline) return status;
  }
  return status;
}

}  // namespace crm::pg
