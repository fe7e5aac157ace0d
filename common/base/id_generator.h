#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <cstdint>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/uuid.h"

namespace crm::base {

// Where new ids come from. Implementations are safe to call from any thread and never block for
// long.
class IdGenerator {
 public:
  virtual ~IdGenerator() = default;
  virtual Uuid New() = 0;
};

// Version 7 ids. Each id of one generator is greater than the one before, also within one
// millisecond and when the clock steps back.
class RandomIdGenerator final : public IdGenerator {
 public:
  // `clock` must outlive the generator.
  explicit RandomIdGenerator(const Clock* clock, RandomSource random = RandomBits);

  Uuid New() override;

 private:
  const Clock* const clock_;
  const RandomSource random_;
  absl::Mutex mutex_;
  int64_t millis_ ABSL_GUARDED_BY(mutex_) = -1;
  uint64_t a_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t b_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::base
