#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <cstdint>
#include <optional>

#include "common/base/steady_clock.h"
#include "common/rpc/call_context.h"

namespace crm::rpc {

// So many in each second, for what there may be too much of. Thread-safe, lock-free.
class LineBudget {
 public:
  explicit LineBudget(int64_t per_second) : per_second_(per_second) {}

  // Whether one more may pass now. Where it is the first of its second, `*omitted` is how many
  // did not pass since that was told last.
  bool Take(base::SteadyTime now, uint64_t* omitted);

  // How many did not pass so far.
  uint64_t Omitted() const { return omitted_.load(std::memory_order_relaxed); }

 private:
  const int64_t per_second_;
  std::atomic<int64_t> second_{-1};
  std::atomic<int64_t> taken_{0};
  std::atomic<uint64_t> omitted_{0};
  std::atomic<uint64_t> told_{0};
};

// How many calls that succeeded are logged a second; metrics count all of them.
inline constexpr int64_t kMostOkLines = 500;
// The same of calls beyond their tenant's limits, of which there may be any number.
inline constexpr int64_t kMostTenantRateLines = 10;

// How a call ended.
struct CallEnd {
  grpc::StatusCode code;
  absl::Duration took;
  absl::string_view reason = {};        // as its ErrorInfo says
  absl::string_view error_id = {};      // under which the client asks
  absl::string_view private_text = {};  // what it was not told
};

// One line for each call: method, code, tenant, trace and duration, with the reason of a failure;
// no actor, which may be an address, nor anything of its messages. Failures always, but for
// those of TENANT_RATE: of these kMostTenantRateLines a second in this process, of calls that
// succeed kMostOkLines, and a line that tells how many more there were.
void LogCall(const CallContext& context, const CallEnd& end, base::SteadyTime now);

// How many calls that succeeded were not logged.
uint64_t OmittedCallLines();

}  // namespace crm::rpc
