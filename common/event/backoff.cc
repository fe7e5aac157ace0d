#include "common/event/backoff.h"

#include <algorithm>
#include <utility>

namespace crm::event {

Backoff::Backoff(absl::Duration first, absl::Duration longest, base::RandomSource random)
    : first_(first), longest_(longest), random_(std::move(random)), next_(first) {}

absl::Duration Backoff::Next() {
  const absl::Duration pause = next_ * (0.5 + base::UnitInterval(random_()));
  next_ = std::min(next_ * 2, longest_);
  return pause;
}

}  // namespace crm::event
