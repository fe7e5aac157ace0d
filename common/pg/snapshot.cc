#include "common/pg/snapshot.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace crm::pg {
namespace {

// How long a further connection is waited for: the first one could read meanwhile, and calls that
// write may need it more.
constexpr absl::Duration kJoinPatience = absl::Milliseconds(100);

}  // namespace

Snapshot::Snapshot(Pool::Lease lease, const Tenants& tenants, base::Deadline deadline)
    : tenants_(tenants), deadline_(deadline) {
  leases_.push_back(std::move(lease));
}

absl::StatusOr<std::unique_ptr<Snapshot>> Snapshot::Begin(Pool& pool, const Tenants& tenants,
                                                          base::Deadline deadline,
                                                          size_t connections) {
  for (bool again = false;; again = true) {
    CRM_ASSIGN_OR_RETURN(Pool::Lease lease, pool.Acquire(deadline));
    std::unique_ptr<Snapshot> snapshot(new Snapshot(std::move(lease), tenants, deadline));
    Connection& first = *snapshot->leases_.front();
    const absl::Status opened = snapshot->Open(first, "");
    if (!opened.ok()) {
      if (again || !first.broken() || first.cut()) return opened;
      continue;
    }
    while (snapshot->leases_.size() < connections && snapshot->Join(pool).ok()) continue;
    const absl::MutexLock lock(&snapshot->mutex_);
    for (Pool::Lease& it : snapshot->leases_) snapshot->idle_.push_back(&*it);
    return snapshot;
  }
}

absl::Status Snapshot::Open(Connection& connection, const std::string& like) const {
  // Alone: a statement before it in the same text would have taken a snapshot already.
  CRM_RETURN_IF_ERROR(
      connection.Send("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", deadline_)
          .status());
  if (!like.empty()) {
    const std::string text = absl::StrCat("SET TRANSACTION SNAPSHOT '", like, "'");
    CRM_RETURN_IF_ERROR(connection.Send(text, deadline_).status());
  }
  std::string settings;
  connection.AppendPreamble(settings, tenants_, deadline_);
  return settings.empty() ? absl::OkStatus() : connection.Send(settings, deadline_).status();
}

absl::Status Snapshot::Join(Pool& pool) {
  CRM_ASSIGN_OR_RETURN(const Rows exported,
                       leases_.front()->Send("SELECT pg_export_snapshot()", deadline_));
  CRM_ASSIGN_OR_RETURN(Pool::Lease lease,
                       pool.Acquire(std::min(deadline_, base::Deadline::After(kJoinPatience))));
  const absl::Status opened = Open(*lease, exported[0].Text(0));
  if (opened.ok()) {
    leases_.push_back(std::move(lease));
  } else {
    lease->Abandon(true);
  }
  return opened;
}

Snapshot::~Snapshot() {
  for (Pool::Lease& lease : leases_) lease->Abandon(true);
}

absl::StatusOr<Rows> Snapshot::Query(const Statement& statement, const Params& params) {
  Connection* connection = nullptr;
  {
    const absl::MutexLock lock(&mutex_);
    const auto free = [this] {
      mutex_.AssertReaderHeld();
      return !idle_.empty();
    };
    mutex_.Await(absl::Condition(&free));
    connection = idle_.back();
    idle_.pop_back();
  }
  absl::StatusOr<Rows> rows = connection->Query(tenants_, statement, params, deadline_);
  const absl::MutexLock lock(&mutex_);
  idle_.push_back(connection);
  return rows;
}

}  // namespace crm::pg
