#include "common/event/consumer_metrics.h"

#include <algorithm>

#include "common/base/status.h"
#include "common/redis/stream.h"

namespace crm::event {
namespace {

constexpr absl::Duration kLagInterval = absl::Seconds(2);
constexpr absl::Duration kCountInterval = absl::Seconds(10);

metrics::Labels LabelsOf(const std::string& consumer, const std::string& stream) {
  return {{"consumer", consumer}, {"stream", stream}};
}

}  // namespace

ConsumerMetrics::ConsumerMetrics(metrics::Registry& registry, const std::string& consumer,
                                 const std::string& stream, const base::Clock& clock)
    : position(registry.GetTransientGauge("crm_consumer_last_seq",
                                          "Sequence of the last event applied.",
                                          LabelsOf(consumer, stream))),
      applied(registry.GetCounter("crm_consumer_applied_total", "Events applied.",
                                  LabelsOf(consumer, stream))),
      filled(registry.GetCounter("crm_consumer_filled_total",
                                 "Events read from the publisher's log instead of the stream.",
                                 LabelsOf(consumer, stream))),
      dead_letters(registry.GetCounter("crm_consumer_dead_letters_total", "Events given up on.",
                                       LabelsOf(consumer, stream))),
      skipped(registry.GetCounter("crm_consumer_skipped_total",
                                  "Events skipped since they had left the publisher's log.",
                                  LabelsOf(consumer, stream))),
      rebuilt(registry.GetCounter("crm_consumer_rebuilt_total",
                                  "Moves read from the publisher's history in place of events "
                                  "that had left its log.",
                                  LabelsOf(consumer, stream))),
      aged_out(registry.GetTransientGauge(
          "crm_consumer_aged_out_events",
          "Events that left the publisher's log unread, before which the consumer stands.",
          LabelsOf(consumer, stream))),
      diverged(registry.GetTransientGauge(
          "crm_consumer_diverged", "1 while the publisher's log is not the one that was read.",
          LabelsOf(consumer, stream))),
      stream_(stream),
      clock_(clock),
      lag_events_(registry.GetTransientGauge("crm_consumer_lag_events",
                                             "Entries of the stream that are not applied yet.",
                                             LabelsOf(consumer, stream))),
      lag_seconds_(registry.GetTransientGauge("crm_consumer_lag_seconds",
                                              "Age of the oldest entry that is not applied yet.",
                                              LabelsOf(consumer, stream))),
      waiting_(registry.GetTransientGauge("crm_dead_letters_waiting",
                                          "Events given up on and not replayed yet.",
                                          LabelsOf(consumer, stream))) {}

absl::Status ConsumerMetrics::ShowIfDue(redis::Connection* redis, ConsumerInbox& inbox,
                                        const ConsumerInbox::Position& position) {
  const base::SteadyTime now = base::SteadyNow();
  if (now >= next_lag_) {
    next_lag_ = now + kLagInterval;
    if (redis != nullptr && !redis->dead()) ShowLag(*redis, position);
  }
  if (now >= next_count_) {
    next_count_ = now + kCountInterval;
    CRM_ASSIGN_OR_RETURN(const int64_t waiting, inbox.CountDeadLetters());
    waiting_.Set(static_cast<double>(waiting));
  }
  return absl::OkStatus();
}

// What Redis does not tell now it tells at the next turn, or the consumer's own reading fails.
void ConsumerMetrics::ShowLag(redis::Connection& redis, const ConsumerInbox::Position& position) {
  const absl::StatusOr<redis::StreamInfo> stream = redis::ReadStreamInfo(redis, stream_);
  if (!stream.ok()) return;
  const int64_t behind = std::max<int64_t>(stream->last_generated.seq - position.sequence, 0);
  lag_events_.Set(static_cast<double>(behind));
  if (behind == 0) return lag_seconds_.Set(0);
  const auto oldest = redis::ReadStream(redis, stream_, position.entry, 1, absl::ZeroDuration());
  if (!oldest.ok() || oldest->empty()) return;
  const absl::Time since = absl::FromUnixMillis(oldest->front().id.ms);
  lag_seconds_.Set(std::max(0.0, absl::ToDoubleSeconds(clock_.Now() - since)));
}

void ConsumerMetrics::Withdraw() {
  for (metrics::TransientGauge* gauge :
       {&position, &aged_out, &diverged, &lag_events_, &lag_seconds_, &waiting_}) {
    gauge->Withdraw();
  }
}

}  // namespace crm::event
