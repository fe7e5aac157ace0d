#pragma once

#include "common/metrics/registry.h"

namespace crm::event {

// What a relay shows of itself; the gauges only while it acts.
struct RelayMetrics {
  RelayMetrics(metrics::Registry& registry, int partition);

  // Exports no gauge until each is set again.
  void Withdraw();

  metrics::TransientGauge& unsequenced_rows;
  metrics::TransientGauge& oldest_unsequenced_seconds;
  metrics::TransientGauge& last_sequence;
  metrics::TransientGauge& tip_sequence;
  metrics::TransientGauge&
      publish_lag_seconds;  // age of the oldest event that is not on the stream
  metrics::Counter& rewinds;
  metrics::TransientGauge& diverged;
  metrics::TransientGauge& damaged_sequence;
  metrics::Counter& published;

 private:
  RelayMetrics(metrics::Registry& registry, const metrics::Labels& labels);
};

}  // namespace crm::event
