#pragma once

#include <functional>

#include "absl/time/time.h"
#include "common/lifecycle/repeating.h"

namespace crm::serving {

// Far beyond what a batch can take: each of its waits, for the database or for a neighbour, is cut
// after half a minute at most. What hangs as long as this hangs on the process itself.
inline constexpr absl::Duration kLongestBatch = absl::Minutes(5);

// Looks now and then, on a thread of its own, whether the process makes progress, and tells.
class Liveness {
 public:
  // `longest_run` says for how long the work that runs longest has run, zero if none does; `tell`
  // gets every change: whether that is within `limit`, as it is taken to be at the beginning. Both
  // are called from the thread, until the destructor.
  Liveness(std::function<absl::Duration()> longest_run, std::function<void(bool)> tell,
           absl::Duration limit = kLongestBatch, absl::Duration pause = absl::Seconds(1));

 private:
  void Look();

  const std::function<absl::Duration()> longest_run_;
  const std::function<void(bool)> tell_;
  const absl::Duration limit_;
  bool alive_ = true;  // the thread's
  lifecycle::Repeating thread_;
};

}  // namespace crm::serving
