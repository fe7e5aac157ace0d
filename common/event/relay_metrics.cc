#include "common/event/relay_metrics.h"

#include "absl/strings/str_cat.h"

namespace crm::event {

RelayMetrics::RelayMetrics(metrics::Registry& registry, int partition)
    : RelayMetrics(registry, metrics::Labels{{"partition", absl::StrCat(partition)}}) {}

RelayMetrics::RelayMetrics(metrics::Registry& registry, const metrics::Labels& labels)
    : unsequenced_rows(
          registry.GetTransientGauge("crm_outbox_unsequenced_rows",
                                     "Committed events without a sequence, by their ids.", labels)),
      oldest_unsequenced_seconds(registry.GetTransientGauge(
          "crm_outbox_oldest_unsequenced_seconds",
          "Age of the oldest committed event without a sequence.", labels)),
      last_sequence(
          registry.GetTransientGauge("crm_stream_last_seq", "Newest sequence of the log.", labels)),
      tip_sequence(registry.GetTransientGauge("crm_stream_tip_seq",
                                              "Newest sequence on the stream.", labels)),
      publish_lag_seconds(
          registry.GetTransientGauge("crm_stream_publish_lag_seconds",
                                     "Age of the oldest event that is not on the stream.", labels)),
      rewinds(registry.GetCounter("crm_stream_rewinds_total",
                                  "Times the stream had lost its end and was filled again.",
                                  labels)),
      diverged(registry.GetTransientGauge(
          "crm_stream_diverged", "1 while the stream holds what the log does not.", labels)),
      damaged_sequence(registry.GetTransientGauge(
          "crm_stream_damaged_seq",
          "Sequence of the damaged event before which publishing has stopped; 0 if none.", labels)),
      published(registry.GetCounter("crm_stream_published_total",
                                    "Entries appended to the stream by this process.", labels)) {}

void RelayMetrics::Withdraw() {
  for (metrics::TransientGauge* gauge :
       {&unsequenced_rows, &oldest_unsequenced_seconds, &last_sequence, &tip_sequence,
        &publish_lag_seconds, &diverged, &damaged_sequence}) {
    gauge->Withdraw();
  }
}

}  // namespace crm::event
