#pragma once

#include "common/pg/pool.h"
#include "common/rpc/service.h"

namespace crm::serving {

struct AuditPorts {
  pg::Pool& pool;
};

// AuditService over a service's own access log.
class AuditService final : public rpc::Service<AuditPorts> {
 public:
  AuditService(const rpc::Binding& binding, pg::Pool& pool);
};

}  // namespace crm::serving
