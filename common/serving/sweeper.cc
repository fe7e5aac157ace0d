#include "common/serving/sweeper.h"

#include "common/access/access_store.h"
#include "common/idempotency/ledger.h"
#include "common/log/log.h"
#include "common/webhook/webhook_store.h"

namespace crm::serving {
namespace {

constexpr absl::Duration kShortPause = absl::Milliseconds(100);
constexpr int kRowsAtATime = 5000;

using SweepFunction = absl::StatusOr<int64_t> (*)(pg::Pool&, absl::Time, absl::Duration, int);

// Whether there may be more to forget.
bool SweepSome(SweepFunction sweep, pg::Pool& pool, absl::Time now, absl::Duration retention) {
  if (retention == absl::InfiniteDuration()) return false;
  const absl::StatusOr<int64_t> swept = sweep(pool, now, retention, kRowsAtATime);
  if (!swept.ok()) log::Warning("sweep failed", {{"error", swept.status().ToString()}});
  return swept.ok() && *swept == kRowsAtATime;
}

}  // namespace

Sweeper::Sweeper(pg::Pool& pool, const base::Clock& clock, Retentions retentions,
                 absl::Duration pause)
    : pool_(pool),
      clock_(clock),
      retentions_(retentions),
      pause_(pause),
      thread_([this] { return Sweep(); }, pause) {}

absl::Duration Sweeper::Sweep() {
  const absl::Time now = clock_.Now();
  const bool answers = SweepSome(idempotency::Sweep, pool_, now, retentions_.answers);
  const bool accesses = SweepSome(access::Sweep, pool_, now, retentions_.accesses);
  const bool deliveries = SweepSome(webhook::Sweep, pool_, now, retentions_.deliveries);
  return answers || accesses || deliveries ? kShortPause : pause_;
}

}  // namespace crm::serving
