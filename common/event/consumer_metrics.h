#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/base/clock.h"
#include "common/base/steady_clock.h"
#include "common/event/consumer_inbox.h"
#include "common/metrics/registry.h"
#include "common/redis/connection.h"

namespace crm::event {

// What a consumer shows of itself; the gauges only while it is the active one. One thread at a
// time.
class ConsumerMetrics {
 public:
  // The registry must outlive this.
  ConsumerMetrics(metrics::Registry& registry, const std::string& consumer,
                  const std::string& stream, const base::Clock& clock);

  metrics::TransientGauge& position;
  metrics::Counter& applied;
  metrics::Counter& filled;
  metrics::Counter& dead_letters;
  metrics::Counter& skipped;
  metrics::Counter& rebuilt;
  metrics::TransientGauge& aged_out;
  metrics::TransientGauge& diverged;

  // Measures every two seconds how far the consumer is behind the stream, and every ten how many
  // dead letters wait. `redis` may be null: then only the latter. Errors of the inbox's connection.
  absl::Status ShowIfDue(redis::Connection* redis, ConsumerInbox& inbox,
                         const ConsumerInbox::Position& position);

  // Dead letters are counted again at the next ShowIfDue.
  void CountSoon() { next_count_ = base::SteadyTime::InfinitePast(); }

  // Exports no gauge until each is set again.
  void Withdraw();

 private:
  void ShowLag(redis::Connection& redis, const ConsumerInbox::Position& position);

  const std::string stream_;
  const base::Clock& clock_;
  metrics::TransientGauge& lag_events_;
  metrics::TransientGauge& lag_seconds_;
  metrics::TransientGauge& waiting_;
  base::SteadyTime next_lag_;
  base::SteadyTime next_count_;
};

}  // namespace crm::event
