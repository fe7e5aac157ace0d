#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>

namespace crm::client {

// When a failed call is tried again. Sound only for calls that may be repeated: reads, and writes
// that carry a request id. A value; its functions are pure.
struct RetryPolicy {
  absl::Duration first_delay = absl::Milliseconds(50);
  double multiplier = 2;
  absl::Duration longest_delay = absl::Seconds(2);
  // From the first attempt: no attempt begins later than this.
  absl::Duration total = absl::Seconds(60);

  // Whether `code` may pass by itself: UNAVAILABLE, RESOURCE_EXHAUSTED and, since the same request
  // id finds out whether the write was made, DEADLINE_EXCEEDED.
  static bool IsTransient(absl::StatusCode code);

  // How long to wait after the `attempt`-th attempt (from 1) failed with `status`, `elapsed` after
  // the first began; nothing when it is final. The back-off is cut by up to half at random
  // (`chance` in [0, 1)); the server's RetryInfo is never undercut.
  std::optional<absl::Duration> DelayAfter(const absl::Status& status, int attempt,
                                           absl::Duration elapsed, double chance) const;
};

}  // namespace crm::client
