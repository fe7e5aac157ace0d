#include "common/pg/pool.h"

#include <algorithm>
#include <utility>

#include "common/error/error.h"
#include "common/pg/error_map.h"

namespace crm::pg {
namespace {

// So many connections are opened at a time: while one host of several is silent, each takes
// seconds.
constexpr int kConnectors = 4;

metrics::Histogram* WaitSeconds(metrics::Registry* registry) {
  if (registry == nullptr) return nullptr;
  return &registry->GetHistogram("crm_db_pool_wait_seconds",
                                 "How long a thread waited for a database connection",
                                 metrics::LatencyBuckets());
}

}  // namespace

Pool::Lease::Lease(Pool* pool, std::unique_ptr<Connection> connection, int64_t generation)
    : pool_(pool), connection_(std::move(connection)), generation_(generation) {}

Pool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->Release(std::move(connection_), generation_);
}

Pool::Pool(ConnectionOptions options, int size, metrics::Registry* registry)
    : options_(std::move(options)), size_(size), wait_seconds_(WaitSeconds(registry)) {
  for (int i = 0; i < std::min(size, kConnectors); ++i) {
    connectors_.emplace_back([this] { Connect(); });
  }
}

Pool::~Pool() {
  Close();
  for (std::thread& connector : connectors_) connector.join();
}

void Pool::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
  available_.SignalAll();
  needed_.SignalAll();
}

absl::StatusOr<Pool::Lease> Pool::Acquire(base::Deadline deadline) {
  if (wait_seconds_ == nullptr) return Wait(deadline);
  const base::SteadyTime start = base::SteadyNow();
  absl::StatusOr<Lease> lease = Wait(deadline);
  wait_seconds_->Observe(absl::ToDoubleSeconds(base::SteadyNow() - start));
  return lease;
}

absl::StatusOr<Pool::Lease> Pool::Wait(base::Deadline deadline) {
  Idle dead;  // destroyed without the lock
  absl::MutexLock lock(&mutex_);
  const int64_t failures = failures_;
  ++waiting_;
  std::unique_ptr<Connection> connection;
  available_.AwaitUntil(mutex_, deadline.time(), [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    connection = TakeLiving(dead);
    if (connection == nullptr && NeedsMore()) needed_.Signal();
    return connection != nullptr || closed_ || failures_ != failures;
  });
  if (failures_ == failures) --waiting_;
  if (connection != nullptr) {
    ++lent_;
    return Lease(this, std::move(connection), generation_);
  }
  if (closed_) return DatabaseUnavailable("the pool is closed");
  if (failures_ != failures) return last_failure_;
  return error::DeadlinePassed();
}

std::unique_ptr<Connection> Pool::TakeLiving(Idle& dead) {
  while (!closed_ && !idle_.empty()) {
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    if (!connection->PeerClosed()) return connection;
    dead.push_back(std::move(connection));
  }
  return nullptr;
}

bool Pool::NeedsMore() const {
  const int idle = static_cast<int>(idle_.size());
  return waiting_ > idle + opening_ && lent_ + idle + opening_ < size_;
}

void Pool::Connect() {
  while (AwaitNeed()) Admit(Connection::Open(options_));
}

bool Pool::AwaitNeed() {
  absl::MutexLock lock(&mutex_);
  while (!closed_ && !NeedsMore()) needed_.Wait(mutex_);
  if (closed_) return false;
  ++opening_;
  return true;
}

void Pool::Admit(absl::StatusOr<std::unique_ptr<Connection>> opened) {
  absl::MutexLock lock(&mutex_);
  --opening_;
  if (opened.ok()) {
    idle_.push_back(*std::move(opened));
    available_.Signal();
    return;
  }
  last_failure_ = opened.status();
  ++failures_;
  waiting_ = 0;
  available_.SignalAll();
}

void Pool::Release(std::unique_ptr<Connection> connection, int64_t generation) {
  Idle dead;  // destroyed without the lock
  absl::MutexLock lock(&mutex_);
  --lent_;
  if (connection->broken() && generation == generation_) {
    ++generation_;
    dead.swap(idle_);
  }
  if (generation != generation_ || closed_) {
    dead.push_back(std::move(connection));
    if (NeedsMore()) needed_.Signal();
    return;
  }
  idle_.push_back(std::move(connection));
  available_.Signal();
}

absl::StatusOr<Rows> Pool::Read(const Tenants& tenants, const Statement& statement,
                                const Params& params, base::Deadline deadline) {
  return ReadTwice(
      tenants,
      [&](Connection& connection, std::string& sql) {
        return connection.AppendExecute(sql, statement, params, deadline);
      },
      deadline);
}

absl::StatusOr<Rows> Pool::ReadText(const Tenants& tenants, const std::string& sql,
                                    base::Deadline deadline) {
  return ReadTwice(
      tenants,
      [&sql](Connection&, std::string& text) {
        text += sql;
        return absl::OkStatus();
      },
      deadline);
}

absl::StatusOr<Rows> Pool::ReadTwice(
    const Tenants& tenants, const std::function<absl::Status(Connection&, std::string&)>& append,
    base::Deadline deadline) {
  for (bool again = false;; again = true) {
    absl::StatusOr<Lease> lease = Acquire(deadline);
    if (!lease.ok()) return lease.status();
    Connection& connection = **lease;
    std::string sql;
    connection.AppendPreamble(sql, tenants, deadline);
    const absl::Status appended = append(connection, sql);
    absl::StatusOr<Rows> rows =
        appended.ok() ? connection.Send(sql, deadline) : absl::StatusOr<Rows>(appended);
    if (rows.ok() || again || !connection.broken() || connection.cut()) return rows;
  }
}

}  // namespace crm::pg
