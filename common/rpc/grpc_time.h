#pragma once

#include <absl/time/time.h>
#include <grpc/support/time.h>

#include "common/base/steady_clock.h"

// gRPC counts on a monotonic clock as we do, but does not say that it is the same: what is left
// goes from one to the other.
namespace crm::rpc {

inline gpr_timespec ToGrpcTime(base::Deadline deadline) {
  const absl::Duration left = deadline.Left();
  if (left == absl::InfiniteDuration()) return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  const gpr_timespec span = gpr_time_from_nanos(absl::ToInt64Nanoseconds(left), GPR_TIMESPAN);
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), span);
}

inline base::Deadline FromGrpcTime(const gpr_timespec& time) {
  if (gpr_time_cmp(time, gpr_inf_future(time.clock_type)) == 0) return base::Deadline::None();
  const gpr_timespec left = gpr_time_sub(time, gpr_now(time.clock_type));
  return base::Deadline::After(absl::Seconds(left.tv_sec) + absl::Nanoseconds(left.tv_nsec));
}

}  // namespace crm::rpc
