#pragma once

#include "common/base/growing.h"
#include "common/event/event_log.h"
#include "common/feed/feed.h"
#include "common/pg/pool.h"
#include "common/pg/statement.h"
#include "common/rpc/service.h"

namespace crm::serving {

// The feeds of the log's partitions; none as long as it is not known how many there are.
using Feeds = base::Growing<feed::Feed, event::kMostPartitions>;

struct StageEventPorts {
  pg::Pool& pool;
  const Feeds& feeds;
  const pg::Statement* parties;
};

// StageEventService over a service's own event log: the complete, ordered record from which any
// subscriber can catch up, however old its position, and those who want to be sent what comes, or
// to keep a copy that is proved to be true. DATA_LOSS where a page would begin with a damaged
// event; those before it are listed.
class StageEventService final : public rpc::Service<StageEventPorts> {
 public:
  // The feeds must outlive the server's calls. `parties` is that of stage::ReadMoves.
  StageEventService(const rpc::Binding& binding, pg::Pool& pool, const Feeds& feeds,
                    const pg::Statement* parties = nullptr);

  void EndStreams() override;
};

}  // namespace crm::serving
