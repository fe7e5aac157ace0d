#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "common/base/steady_clock.h"
#include "common/rpc/executor.h"

namespace crm::rpc {

// What each tenant may ask of this process; 0: no limit.
struct TenantLimitOptions {
  int64_t rate = 0;   // calls a second, over a long time
  int64_t burst = 0;  // calls at once, after a pause; 0: as many as in a second
  int64_t open_calls = 0;

  bool Any() const { return rate > 0 || open_calls > 0; }
};

// Counts the calls of each tenant against its limits. Thread-safe; never blocks for long. Tenants
// that have not called for a while take no memory.
class TenantLimits {
 public:
  explicit TenantLimits(TenantLimitOptions options);

  struct Refused {
    Refusal why;
    absl::Duration retry_after;  // when the tenant's next call may be let in
  };
  // Lets one call in, or tells why not. Each that is let in must Leave once it is answered.
  std::optional<Refused> Enter(absl::string_view tenant, base::SteadyTime now);
  void Leave(absl::string_view tenant);

  // For how many tenants something is remembered.
  size_t Remembered() const;

 private:
  static constexpr size_t kShards = 16;

  struct Account {
    // When the calls let in so far would all have come at the tenant's rate, in nanoseconds of
    // SteadyTime (generic cell rate algorithm).
    int64_t paid_until = INT64_MIN;
    int64_t open = 0;
  };
  struct alignas(64) Shard {
    mutable absl::Mutex mutex;
    absl::flat_hash_map<std::string, Account> accounts ABSL_GUARDED_BY(mutex);
    size_t sweep_at ABSL_GUARDED_BY(mutex) = 64;

    Account& Of(absl::string_view tenant, int64_t now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  };

  Shard& ShardOf(absl::string_view tenant);

  const TenantLimitOptions options_;
  const int64_t interval_;  // nanoseconds between calls at the rate
  const int64_t credit_;    // nanoseconds by which calls may be ahead of it
  std::array<Shard, kShards> shards_;
};

}  // namespace crm::rpc
