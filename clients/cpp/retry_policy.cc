#include "clients/cpp/retry_policy.h"

#include <algorithm>
#include <cmath>

#include "common/error/error.h"

namespace crm::client {

bool RetryPolicy::IsTransient(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kResourceExhausted ||
         code == absl::StatusCode::kDeadlineExceeded;
}

std::optional<absl::Duration> RetryPolicy::DelayAfter(const absl::Status& status, int attempt,
                                                      absl::Duration elapsed, double chance) const {
  if (!IsTransient(status.code())) return std::nullopt;
  const double factor = std::pow(multiplier, std::min(attempt - 1, 30));
  absl::Duration delay = std::min(first_delay * factor, longest_delay) * (1 - chance / 2);
  const std::optional<error::Details> details = error::DetailsOf(status);
  if (details && details->retry_after) delay = std::max(delay, *details->retry_after);
  if (elapsed + delay > total) return std::nullopt;
  return delay;
}

}  // namespace crm::client
