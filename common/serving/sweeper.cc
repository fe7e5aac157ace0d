#include "common/serving/sweeper.h"

#include "common/idempotency/ledger.h"
#include "common/log/log.h"

namespace crm::serving {
namespace {

constexpr absl::Duration kShortPause = absl::Milliseconds(100);
constexpr int kRowsAtATime = 5000;

}  // namespace

Sweeper::Sweeper(pg::Pool& pool, const base::Clock& clock, absl::Duration retention,
                 absl::Duration pause)
    : pool_(pool), clock_(clock), retention_(retention), pause_(pause), thread_([this] {
        Run();
      }) {}

Sweeper::~Sweeper() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    stop_.Signal();
  }
  thread_.join();
}

void Sweeper::Run() {
  absl::Duration pause = pause_;
  while (!StopsWithin(pause)) {
    const absl::StatusOr<int64_t> swept =
        idempotency::Sweep(pool_, clock_.Now(), retention_, kRowsAtATime);
    if (!swept.ok()) log::Warning("sweep failed", {{"error", swept.status().ToString()}});
    pause = swept.ok() && *swept == kRowsAtATime ? kShortPause : pause_;
  }
}

bool Sweeper::StopsWithin(absl::Duration limit) {
  absl::MutexLock lock(&mutex_);
  return stop_.AwaitUntil(mutex_, base::SteadyNow() + limit,
                          [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; });
}

}  // namespace crm::serving
