#pragma once

#include "common/pg/pool.h"
#include "common/rpc/service.h"

namespace crm::serving {

struct StageEventPorts {
  pg::Pool& pool;
};

// StageEventService over a service's own event log: the complete, ordered record from which any
// subscriber can catch up, however old its position. DATA_LOSS where a page would begin with a
// damaged event; those before it are listed.
class StageEventService final : public rpc::Service<StageEventPorts> {
 public:
  StageEventService(const rpc::Binding& binding, pg::Pool& pool);
};

}  // namespace crm::serving
