#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/strings/string_view.h>
#include <absl/synchronization/mutex.h>
#include <grpcpp/support/status.h>

#include <functional>
#include <map>
#include <string>

#include "common/metrics/registry.h"

namespace crm::rpc {

// Counts answered calls by tenant and code: crm_calls_by_tenant_total. The first kMostTenants that
// call have series of their own, all others share one under the name "other", so that callers
// cannot make the metrics grow without end. Thread-safe; costs a lock and a look-up a call.
class TenantCalls {
 public:
  static constexpr size_t kMostTenants = 200;

  // The registry must outlive this.
  explicit TenantCalls(metrics::Registry& registry) : registry_(registry) {}

  // Calls that name no tenant are not counted.
  void Count(absl::string_view tenant, grpc::StatusCode code);

 private:
  using Codes = std::map<grpc::StatusCode, metrics::Counter*>;

  metrics::Registry& registry_;
  absl::Mutex mutex_;
  std::map<std::string, Codes, std::less<>> tenants_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::rpc
