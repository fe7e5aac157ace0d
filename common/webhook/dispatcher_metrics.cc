#include "common/webhook/dispatcher_metrics.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace crm::webhook {

DispatcherMetrics::DispatcherMetrics(metrics::Registry& registry, int partition)
    : DispatcherMetrics(registry, metrics::Labels{{"partition", absl::StrCat(partition)}}) {}

DispatcherMetrics::DispatcherMetrics(metrics::Registry& registry, const metrics::Labels& labels)
    : enabled(registry.GetTransientGauge("crm_webhooks_enabled",
                                         "Webhooks to which this process sends events.", labels)),
      failing(registry.GetTransientGauge("crm_webhooks_failing",
                                         "Webhooks whose last delivery failed.", labels)),
      pending(registry.GetTransientGauge("crm_webhook_deliveries_pending",
                                         "Deliveries that wait for a retry or behind one.",
                                         labels)),
      behind(registry.GetTransientGauge(
          "crm_webhook_events_behind",
          "Events of the log beyond the webhook that is furthest behind.", labels)),
      delay_seconds(registry.GetTransientGauge(
          "crm_webhook_delay_seconds",
          "Age of the oldest event that has not been tried, of webhooks that do not fail.",
          labels)),
      given_up(registry.GetCounter("crm_webhook_deliveries_given_up_total",
                                   "Deliveries that are not tried again.")),
      lost(registry.GetCounter("crm_webhook_events_lost_total",
                               "Events that left the log before they could be sent.")),
      seconds_(registry.GetHistogram("crm_webhook_attempt_seconds", "Duration of attempts.",
                                     metrics::LatencyBuckets())) {
  for (const auto& [result, name] : kResultNames) {
    if (result == Result::kNone || result == Result::kEventGone) continue;
    attempts_[result] =
        &registry.GetCounter("crm_webhook_attempts_total", "Attempts to deliver an event.",
                             {{"result", absl::AsciiStrToLower(name)}});
  }
  for (const DisableReason reason : {DisableReason::kFailing, DisableReason::kGone}) {
    disabled_[reason] = &registry.GetCounter(
        "crm_webhooks_disabled_total", "Webhooks that were disabled since nothing arrived.",
        {{"reason", absl::AsciiStrToLower(base::NameOf(kDisableReasonNames, reason))}});
  }
}

void DispatcherMetrics::Attempted(Result result, absl::Duration duration) {
  const auto counter = attempts_.find(result);
  if (counter == attempts_.end()) return;
  counter->second->Increment();
  seconds_.Observe(absl::ToDoubleSeconds(duration));
}

void DispatcherMetrics::Disabled(DisableReason reason) { disabled_.at(reason)->Increment(); }

void DispatcherMetrics::Withdraw() {
  for (auto* const gauge : {&enabled, &failing, &pending, &behind, &delay_seconds}) {
    gauge->Withdraw();
  }
}

}  // namespace crm::webhook
