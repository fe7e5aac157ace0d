#pragma once

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/lifecycle/repeating.h"
#include "common/pg/pool.h"

namespace crm::serving {

// How long is kept what need not be kept for ever.
struct Retentions {
  absl::Duration answers;                                // to request ids
  absl::Duration accesses = absl::InfiniteDuration();    // to personal data
  absl::Duration deliveries = absl::InfiniteDuration();  // to webhooks
};

// Forgets what is older, a few thousand rows at a time, on a thread of its own.
class Sweeper {
 public:
  // `pause` lies between two turns that find little to do.
  Sweeper(pg::Pool& pool, const base::Clock& clock, Retentions retentions,
          absl::Duration pause = absl::Minutes(1));

 private:
  absl::Duration Sweep();

  pg::Pool& pool_;
  const base::Clock& clock_;
  const Retentions retentions_;
  const absl::Duration pause_;
  lifecycle::Repeating thread_;
};

}  // namespace crm::serving
