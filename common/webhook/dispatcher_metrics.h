#pragma once

#include <map>

#include "absl/time/time.h"
#include "common/metrics/registry.h"
#include "common/webhook/webhook.h"

namespace crm::webhook {

// What a dispatcher shows of itself; the gauges only while it is the one that sends.
class DispatcherMetrics {
 public:
  explicit DispatcherMetrics(metrics::Registry& registry);

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
  std::map<Result, metrics::Counter*> attempts_;
  std::map<DisableReason, metrics::Counter*> disabled_;
  metrics::Histogram& seconds_;
};

}  // namespace crm::webhook
