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
    : pool_(pool),
      clock_(clock),
      retention_(retention),
      pause_(pause),
      thread_([this] { return Sweep(); }, pause) {}

absl::Duration Sweeper::Sweep() {
  const absl::StatusOr<int64_t> swept =
      idempotency::Sweep(pool_, clock_.Now(), retention_, kRowsAtATime);
  if (!swept.ok()) log::Warning("sweep failed", {{"error", swept.status().ToString()}});
  return swept.ok() && *swept == kRowsAtATime ? kShortPause : pause_;
}

}  // namespace crm::serving
