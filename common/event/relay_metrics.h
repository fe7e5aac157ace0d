#pragma once

#include "common/metrics/registry.h"

namespace crm::event {

// What a relay shows of itself.
struct RelayMetrics {
  explicit RelayMetrics(metrics::Registry& registry);

  metrics::Gauge& unsequenced_rows;
  metrics::Gauge& oldest_unsequenced_seconds;
  metrics::Gauge& last_sequence;
  metrics::Gauge& tip_sequence;
  metrics::Gauge& publish_lag_seconds;  // age of the oldest event that is not on the stream
  metrics::Counter& rewinds;
  metrics::Gauge& diverged;
  metrics::Gauge& damaged_sequence;
  metrics::Counter& published;
};

}  // namespace crm::event
