#pragma once

#include <chrono>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/error/error.h"
#include "common/log/log.h"

namespace crm::event {

// The monotonic clock as a time: for patience and pacing, never for dates.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

// Logs a failure with the text that is for the log only, where there is one.
inline void LogFailure(absl::string_view what, const absl::Status& status) {
  const std::string hidden = error::PrivateTextOf(status);
  log::Warning(what, {{"error", hidden.empty() ? absl::string_view(status.message())
                                               : absl::string_view(hidden)}});
}

}  // namespace crm::event
