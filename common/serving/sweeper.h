#pragma once

#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/lifecycle/repeating.h"
#include "common/pg/pool.h"

namespace crm::serving {

// Forgets old answers to request ids, a few thousand rows at a time, on a thread of its own.
class Sweeper {
 public:
  // `pause` lies between two turns that find little to do.
  Sweeper(pg::Pool& pool, const base::Clock& clock, absl::Duration retention,
          absl::Duration pause = absl::Minutes(1));

 private:
  absl::Duration Sweep();

  pg::Pool& pool_;
  const base::Clock& clock_;
  const absl::Duration retention_;
  const absl::Duration pause_;
  lifecycle::Repeating thread_;
};

}  // namespace crm::serving
