#include "common/pg/pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/error/error.h"
#include "common/failpoint/failpoint.h"
#include "common/pg/error_map.h"

namespace crm::pg {
namespace {

// So many connections are opened or rolled back at a time: while one host of several is silent,
// each takes seconds.
constexpr int kTenders = 4;

metrics::Histogram* WaitSeconds(metrics::Registry* registry) {
  if (registry == nullptr) return nullptr;
  return &registry->GetHistogram("crm_db_pool_wait_seconds",
                                 "How long a thread waited for a database connection",
                                 metrics::LatencyBuckets());
}

}  // namespace

Pool::Lease::Lease(Pool* pool, std::unique_ptr<Connection> connection)
    : pool_(pool), connection_(std::move(connection)) {}

Pool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->Release(std::move(connection_));
}

Pool::Pool(ConnectionOptions options, int size, metrics::Registry* registry)
    : options_(std::move(options)), size_(size), wait_seconds_(WaitSeconds(registry)) {
  for (int i = 0; i < std::min(size, kTenders); ++i) {
    tenders_.emplace_back([this] { Tend(); });
  }
}

Pool::~Pool() {
  Close();
  for (std::thread& tender : tenders_) tender.join();
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
    return Lease(this, std::move(connection));
  }
  if (closed_) return DatabaseUnavailable("the pool is closed");
  if (failures_ != failures) return last_failure_;
  if (CRM_FAILS_AT("open_for_caller")) broken_ = -opening_;  // what it began goes with it
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
  return (broken_ > 0 || waiting_ > idle + opening_) && lent_ + idle + opening_ < size_;
}

void Pool::Tend() {
  std::unique_ptr<Connection> owing;
  while (AwaitNeed(owing)) {
    if (owing == nullptr) {
      Admit(Connection::Open(options_));
    } else {
      owing->RollBack();
      Release(std::move(owing));
    }
  }
}

// What is to be rolled back first: it holds locks.
bool Pool::AwaitNeed(std::unique_ptr<Connection>& owing) {
  absl::MutexLock lock(&mutex_);
  while (!closed_ && owing_.empty() && !NeedsMore()) needed_.Wait(mutex_);
  if (closed_) return false;
  if (owing_.empty()) {
    if (broken_ > 0) --broken_;
    ++opening_;
  } else {
    owing = std::move(owing_.back());
    owing_.pop_back();
  }
  return true;
}

void Pool::Admit(absl::StatusOr<std::unique_ptr<Connection>> opened) {
  absl::MutexLock lock(&mutex_);
  --opening_;
  if (broken_ < 0) {  // that failpoint
    ++broken_;
    return needed_.Signal();
  }
  if (opened.ok()) {
    (*opened)->LeaveRollbacks();
    answered_ = std::max(answered_, (*opened)->answered());
    idle_.push_back(*std::move(opened));
    available_.Signal();
    return;
  }
  last_failure_ = opened.status();
  ++failures_;
  waiting_ = 0;
  broken_ = 0;  // who needs one asks for it
  available_.SignalAll();
}

void Pool::Release(std::unique_ptr<Connection> connection) {
  Idle dead;  // destroyed without the lock
  absl::MutexLock lock(&mutex_);
  answered_ = std::max(answered_, connection->answered());
  if (connection->broken()) {
    TakeForDead(*connection, dead);
  } else if (connection->owes_rollback() && !closed_) {
    owing_.push_back(std::move(connection));
    return needed_.Signal();
  }
  --lent_;
  if (connection->broken() || connection->answered() < dead_before_ || closed_) {
    dead.push_back(std::move(connection));
    ++broken_;
    needed_.SignalAll();
    return;
  }
  idle_.push_back(std::move(connection));
  available_.Signal();
}

void Pool::TakeForDead(const Connection& broken, Idle& dead) {
  if (broken.cut() && answered_ >= broken.asked()) return;
  dead_before_ = std::max(dead_before_, broken.cut() ? broken.asked() : base::SteadyNow());
  const auto answers = [this](const auto& idle) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return idle->answered() >= dead_before_;
  };
  const auto first = std::partition(idle_.begin(), idle_.end(), answers);
  broken_ += static_cast<int>(idle_.end() - first);
  dead.insert(dead.end(), std::make_move_iterator(first), std::make_move_iterator(idle_.end()));
  idle_.erase(first, idle_.end());
}

absl::StatusOr<Rows> Pool::Read(const Tenants& tenants, const Statement& statement,
                                const Params& params, base::Deadline deadline) {
  return ReadTwice(
      tenants,
      [&](Connection& connection, std::string& sql) {
        connection.AppendExecute(sql, statement, params);
      },
      deadline);
}

absl::StatusOr<Rows> Pool::ReadText(const Tenants& tenants, const std::string& sql,
                                    base::Deadline deadline) {
  return ReadTwice(
      tenants, [&sql](Connection&, std::string& text) { text += sql; }, deadline);
}

absl::StatusOr<Rows> Pool::ReadTwice(const Tenants& tenants,
                                     const std::function<void(Connection&, std::string&)>& append,
                                     base::Deadline deadline) {
  for (bool again = false;; again = true) {
    absl::StatusOr<Lease> lease = Acquire(deadline);
    if (!lease.ok()) return lease.status();
    Connection& connection = **lease;
    std::string sql;
    connection.AppendPreamble(sql, tenants, deadline);
    append(connection, sql);
    absl::StatusOr<Rows> rows = connection.Send(sql, deadline);
    if (rows.ok() || again || !connection.broken() || connection.cut()) return rows;
  }
}

}  // namespace crm::pg
