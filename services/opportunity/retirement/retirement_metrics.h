#pragma once

#include "common/base/steady_clock.h"
#include "common/metrics/registry.h"
#include "services/opportunity/store/retirement_store.h"

namespace crm::opportunity {

// What is shown of removed stages: crm_retired_stage_moves_total by outcome, counted by this
// process; and, read from the store, so that every replica says the same, crm_retired_stages and
// crm_retired_stage_oldest_seconds.
class RetirementMetrics {
 public:
  // All must outlive this.
  RetirementMetrics(metrics::Registry& registry, RetirementStore& store);

  // A batch was moved. Thread-safe.
  void Moved(int moved, int failed);

  // Reads the store every five seconds; what it does not tell is not exported until it does. Blocks
  // for two seconds at most. One thread at a time.
  void ShowPendingIfDue();

 private:
  RetirementStore& store_;
  metrics::Counter& moved_;
  metrics::Counter& failed_;
  metrics::TransientGauge& pending_;
  metrics::TransientGauge& oldest_;
  base::SteadyTime next_;
};

}  // namespace crm::opportunity
