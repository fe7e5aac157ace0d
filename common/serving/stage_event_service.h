#pragma once

#include "common/feed/feed.h"
#include "common/pg/pool.h"
#include "common/rpc/service.h"

namespace crm::serving {

struct StageEventPorts {
  pg::Pool& pool;
  feed::Feed& feed;
};

// StageEventService over a service's own event log: the complete, ordered record from which any
// subscriber can catch up, however old its position, and those who want to be sent what comes.
// DATA_LOSS where a page would begin with a damaged event; those before it are listed.
class StageEventService final : public rpc::Service<StageEventPorts> {
 public:
  // `feed` must outlive the server's calls.
  StageEventService(const rpc::Binding& binding, pg::Pool& pool, feed::Feed& feed);

  void EndStreams() override;
};

}  // namespace crm::serving
