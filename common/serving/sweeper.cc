#include "common/serving/sweeper.h"

#include "common/idempotency/ledger.h"
#include "common/log/log.h"

namespace crm::serving {
namespace {

constexpr absl::Duration kPause = absl::Minutes(1);
constexpr absl::Duration kShortPause = absl::Milliseconds(100);
constexpr int kRowsAtATime = 5000;

}  // namespace

Sweeper::Sweeper(pg::Pool& pool, const base::Clock& clock, absl::Duration retention)
    : pool_(pool), clock_(clock), retention_(retention), thread_([this] { Run(); }) {}

Sweeper::~Sweeper() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Sweeper::Run() {
  absl::Duration pause = kPause;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), pause)) return;
    }
    const absl::StatusOr<int64_t> swept =
        idempotency::Sweep(pool_, clock_.Now(), retention_, kRowsAtATime);
    if (!swept.ok()) log::Warning("sweep failed", {{"error", swept.status().ToString()}});
    pause = swept.ok() && *swept == kRowsAtATime ? kShortPause : kPause;
  }
}

}  // namespace crm::serving
