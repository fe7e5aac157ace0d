#include "common/rpc/tenant_calls.h"

#include "common/rpc/status_bridge.h"

namespace crm::rpc {
namespace {

constexpr char kOthers[] = "other";

}  // namespace

void TenantCalls::Count(absl::string_view tenant, grpc::StatusCode code) {
  if (tenant.empty()) return;
  absl::MutexLock lock(&mutex_);
  auto known = tenants_.find(tenant);
  if (known == tenants_.end()) {
    if (tenants_.size() >= kMostTenants) tenant = kOthers;
    known = tenants_.try_emplace(std::string(tenant)).first;
  }
  metrics::Counter*& counter = known->second[code];
  if (counter == nullptr) {
    counter = &registry_.GetCounter(
        "crm_calls_by_tenant_total", "Calls that were answered, by the tenant that made them.",
        {{"tenant", known->first}, {"grpc_code", std::string(CodeName(code))}});
  }
  counter->Increment();
}

}  // namespace crm::rpc
