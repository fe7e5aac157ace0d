#pragma once

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/clock.h"
#include "common/pg/pool.h"

namespace crm::serving {

// Forgets old answers to request ids, a few thousand rows at a time, on a thread of its own.
class Sweeper {
 public:
  Sweeper(pg::Pool& pool, const base::Clock& clock, absl::Duration retention);
  ~Sweeper();

 private:
  void Run();

  pg::Pool& pool_;
  const base::Clock& clock_;
  const absl::Duration retention_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace crm::serving
