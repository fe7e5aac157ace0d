#pragma once

#include <map>

#include "absl/time/time.h"
#include "common/metrics/registry.h"
#include "common/webhook/webhook.h"

namespace crm::webhook {

// What a dispatcher shows of itself; the gauges, which are those of its partition of the log, only
// while it is the one that sends.
class DispatcherMetrics {
 public:
  DispatcherMetrics(metrics::Registry& registry, int partition);

  void Attempted(Result result, absl::Duration duration);
  void Disabled(DisableReason reason);

  // Exports no gauge until each is set again.
  void Withdraw();

  metrics::TransientGauge& enabled;
  metrics::TransientGauge& failing;
  metrics::TransientGauge& pending;
  metrics::TransientGauge& behind;
  metrics::TransientGauge& delay_seconds;
  metrics::Counter& given_up;
  metrics::Counter& lost;

 private:
  DispatcherMetrics(metrics::Registry& registry, const metrics::Labels& labels);

  std::map<Result, metrics::Counter*> attempts_;
  std::map<DisableReason, metrics::Counter*> disabled_;
  metrics::Histogram& seconds_;
};

}  // namespace crm::webhook
