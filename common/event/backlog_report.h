#pragma once

#include <cstdint>

#include "common/base/clock.h"
#include "common/base/steady_clock.h"
#include "common/event/relay_metrics.h"
#include "common/event/sequencer.h"

namespace crm::event {

// Sets a relay's gauges of what waits, before the log and between log and stream, once a second.
// One thread at a time.
class BacklogReport {
 public:
  // Both must outlive this.
  BacklogReport(RelayMetrics* metrics, const base::Clock* clock)
      : metrics_(metrics), clock_(clock) {}

  // `tip`: the last sequence on the stream, `last`: of the log. At most two reads; what cannot be
  // read stays as it was.
  void ShowIfDue(Sequencer& sequencer, int64_t tip, int64_t last);

 private:
  double AgeOf(absl::Time since) const;

  RelayMetrics* const metrics_;
  const base::Clock* const clock_;
  base::SteadyTime next_;
};

}  // namespace crm::event
