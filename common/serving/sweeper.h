#pragma once

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/base/steady_condition.h"
#include "common/pg/pool.h"

namespace crm::serving {

// Forgets old answers to request ids, a few thousand rows at a time, on a thread of its own.
class Sweeper {
 public:
  // `pause` lies between two turns that find little to do.
  Sweeper(pg::Pool& pool, const base::Clock& clock, absl::Duration retention,
          absl::Duration pause = absl::Minutes(1));
  ~Sweeper();  // ends the thread; waits for the statement it may be at

 private:
  void Run();
  bool StopsWithin(absl::Duration limit);

  pg::Pool& pool_;
  const base::Clock& clock_;
  const absl::Duration retention_;
  const absl::Duration pause_;
  absl::Mutex mutex_;
  base::SteadyCondition stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace crm::serving
