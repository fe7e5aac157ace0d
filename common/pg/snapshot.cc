#include "common/pg/snapshot.h"

#include <string>
#include <utility>

#include "common/base/status.h"

namespace crm::pg {

Snapshot::Snapshot(Pool::Lease lease, const Tenants& tenants, base::Deadline deadline)
    : lease_(std::move(lease)), tenants_(tenants), deadline_(deadline) {}

absl::StatusOr<std::unique_ptr<Snapshot>> Snapshot::Begin(Pool& pool, const Tenants& tenants,
                                                          base::Deadline deadline) {
  for (bool again = false;; again = true) {
    CRM_ASSIGN_OR_RETURN(Pool::Lease lease, pool.Acquire(deadline));
    std::unique_ptr<Snapshot> snapshot(new Snapshot(std::move(lease), tenants, deadline));
    const absl::Status opened = snapshot->Open();
    if (opened.ok()) return snapshot;
    const Connection& connection = *snapshot->lease_;
    if (again || !connection.broken() || connection.cut()) return opened;
  }
}

absl::Status Snapshot::Open() {
  // Alone: a statement before it in the same text would have taken a snapshot already.
  CRM_RETURN_IF_ERROR(
      lease_->Send("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", deadline_)
          .status());
  std::string settings;
  lease_->AppendPreamble(settings, tenants_, deadline_);
  return settings.empty() ? absl::OkStatus() : lease_->Send(settings, deadline_).status();
}

Snapshot::~Snapshot() { lease_->Abandon(true); }

absl::StatusOr<Rows> Snapshot::Query(const Statement& statement, const Params& params) {
  return lease_->Query(tenants_, statement, params, deadline_);
}

}  // namespace crm::pg
