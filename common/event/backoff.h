#pragma once

#include "absl/time/time.h"
#include "common/base/random.h"

namespace crm::event {

// Pauses between attempts that fail: each is twice the one before, up to a longest, and random
// between half and one and a half of that. One thread at a time.
class Backoff {
 public:
  Backoff(absl::Duration first, absl::Duration longest, base::RandomSource random);

  // The pause after one more failure.
  absl::Duration Next();

  // After a success.
  void Reset() { next_ = first_; }

  // Whether nothing has failed since the last success.
  bool fresh() const { return next_ == first_; }

 private:
  const absl::Duration first_;
  const absl::Duration longest_;
  const base::RandomSource random_;
  absl::Duration next_;
};

}  // namespace crm::event
