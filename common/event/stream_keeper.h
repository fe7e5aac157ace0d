#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/metrics/registry.h"
#include "common/redis/connection.h"
#include "common/redis/stream.h"

namespace crm::event {

// Trims a stream to its retention and reports on the consumer groups of others.
class StreamKeeper {
 public:
  // `partition` is that of the stream, for the metrics.
  StreamKeeper(std::string key, int partition, metrics::Registry* registry);

  // Sets crm_stream_group_lag per group and warns, once per group, of those whose position lies
  // before `horizon` with entries between: trimming cuts these. Then removes the entries older than
  // `horizon`. A missing stream is fine. Errors of the connection.
  absl::Status Trim(redis::Connection& connection, int64_t tip_sequence, absl::Time horizon);

  // Exports no crm_stream_group_lag until the next Trim.
  void Withdraw();

 private:
  absl::Status ReportGroups(redis::Connection& connection, int64_t tip_sequence,
                            const redis::StreamId& horizon);

  const std::string key_;
  const int partition_;
  metrics::Registry* const registry_;
  std::set<std::string> warned_;
  std::map<std::string, metrics::TransientGauge*> lags_;  // by group
};

}  // namespace crm::event
