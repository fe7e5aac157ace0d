#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "clients/cpp/async_calls.h"

namespace crm::bench {

// Called once when a job (one call, or a chain of calls) is over.
using Done = absl::AnyInvocable<void(absl::Status)>;
// Starts job `n` (0, 1, 2…) on `calls`.
using Job = std::function<void(client::AsyncCalls& calls, uint64_t n, Done done)>;

// What one run of a load gave.
struct LoadResult {
  double seconds = 0;
  int64_t ok = 0;
  std::map<std::string, int64_t> failed;  // by reason, else by code
  std::vector<float> millis;              // latency of each job that ended well, sorted
  std::vector<float> refused_millis;      // of each that was refused for want of room, sorted

  double PerSecond() const { return seconds > 0 ? static_cast<double>(ok) / seconds : 0; }
  int64_t Failed() const;
};

// "12 × OVERLOADED, 1 × UNAVAILABLE"; empty if nothing failed.
std::string FailureText(const LoadResult& load);

// The q-quantile (0 … 1) of sorted values; 0 if there are none.
float Quantile(const std::vector<float>& sorted, double q);

// Closed loop: `in_flight` jobs at any time, for `duration` or until `most` jobs were started,
// whichever comes first; then waits for those under way. Latency is from the start of the job.
LoadResult ClosedLoop(client::AsyncCalls& calls, const Job& job, int in_flight,
                      absl::Duration duration, uint64_t most = UINT64_MAX);

// Open loop: jobs begin `rate` times a second whatever the answers do, for `duration`. Latency is
// from the intended start, so that a stall is not hidden by the load's own waiting.
LoadResult OpenLoop(client::AsyncCalls& calls, const Job& job, double rate,
                    absl::Duration duration);

}  // namespace crm::bench
