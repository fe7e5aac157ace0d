#include "common/pg/pool.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/error/error.h"

namespace crm::pg {

Pool::Lease::Lease(Pool* pool, std::unique_ptr<Connection> connection)
    : pool_(pool), connection_(std::move(connection)) {}

Pool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->Release(std::move(connection_));
}

Pool::Pool(ConnectionOptions options, int size) : options_(std::move(options)), size_(size) {}
Pool::~Pool() = default;

absl::StatusOr<Pool::Lease> Pool::Acquire(absl::Time deadline) {
  {
    absl::MutexLock lock(&mutex_);
    const auto free = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return lent_ < size_; };
    if (!mutex_.AwaitWithDeadline(absl::Condition(&free), deadline)) {
      return error::DeadlinePassed();
    }
    ++lent_;
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(connection));
    }
  }
  absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(options_);
  if (!opened.ok()) {
    Release(nullptr);
    return opened.status();
  }
  return Lease(this, *std::move(opened));
}

absl::StatusOr<Rows> Pool::Read(const Statement& statement, const Params& params,
                                absl::Time deadline) {
  return ReadTwice(
      [&](Connection& connection, std::string& sql) {
        return connection.AppendExecute(sql, statement, params);
      },
      deadline);
}

absl::StatusOr<Rows> Pool::ReadText(const std::string& sql, absl::Time deadline) {
  return ReadTwice(
      [&sql](Connection&, std::string& text) {
        text += sql;
        return absl::OkStatus();
      },
      deadline);
}

// Twice: a connection may have died while it lay idle, and a read has no effect.
absl::StatusOr<Rows> Pool::ReadTwice(
    const std::function<absl::Status(Connection&, std::string&)>& append, absl::Time deadline) {
  absl::StatusOr<Rows> rows = absl::UnknownError("not run");
  for (int attempt = 0; attempt < 2; ++attempt) {
    absl::StatusOr<Lease> lease = Acquire(deadline);
    if (!lease.ok()) return lease.status();
    std::string sql;
    (*lease)->AppendPreamble(sql, deadline, absl::Now());
    const absl::Status appended = append(**lease, sql);
    rows = appended.ok() ? (*lease)->Execute(sql) : absl::StatusOr<Rows>(appended);
    if (!rows.ok()) (*lease)->ForgetTimeout();
    if (rows.ok() || !(*lease)->broken()) return rows;
  }
  return rows;
}

void Pool::Release(std::unique_ptr<Connection> connection) {
  absl::MutexLock lock(&mutex_);
  --lent_;
  // When one connection broke the others are likely dead too: idle ones are cheap to open again.
  if (connection == nullptr || connection->broken()) {
    idle_.clear();
    return;
  }
  idle_.push_back(std::move(connection));
}

}  // namespace crm::pg
