#pragma once

#include <cstdint>
#include <deque>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/clock.h"
#include "common/event/event_log.h"
#include "common/metrics/registry.h"

namespace crm::event {

// Measures how long each event takes from its change to the stream: crm_event_freshness_seconds.
// The change is dated by the event's id if that is of version 7, else by the row of the log. Each
// event is observed once, when the stream is first known to hold it: what Redis loses afterwards
// and gets again is not late. One thread at a time.
class Freshness {
 public:
  // Both must outlive this.
  Freshness(metrics::Registry* registry, const base::Clock* clock);

  // These rows are on their way to the stream, perhaps not for the first time.
  void Sent(absl::Span<const LogRow> rows);
  // The stream holds all up to `tip`.
  void Reached(int64_t tip);

 private:
  struct Event {
    int64_t sequence = 0;
    absl::Time changed;
  };

  metrics::Histogram& seconds_;
  const base::Clock* const clock_;
  std::deque<Event> under_way_;
  int64_t last_sent_ = 0;
};

}  // namespace crm::event
