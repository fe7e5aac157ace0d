#pragma once

#include <array>

#include "common/base/clock.h"
#include "common/base/steady_clock.h"
#include "common/metrics/registry.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// What is shown of conversions: crm_conversions_entered_total, counted by this process; and, read
// from the store, so that every replica says the same, crm_conversions and
// crm_conversion_oldest_pending_seconds.
class ConversionMetrics {
 public:
  // All must outlive this.
  ConversionMetrics(metrics::Registry& registry, ConversionStore& store, const base::Clock& clock);

  // A conversion is in this state now and was not before. Thread-safe.
  void Entered(ConversionState state);

  // Reads the store every five seconds; what it does not tell is not exported until it does. Blocks
  // for two seconds at most. One thread at a time.
  void ShowPendingIfDue();

 private:
  ConversionStore& store_;
  const base::Clock& clock_;
  std::array<metrics::Counter*, 4> entered_;
  metrics::TransientGauge& pending_;
  metrics::TransientGauge& stuck_;
  metrics::TransientGauge& oldest_;
  base::SteadyTime next_;
};

}  // namespace crm::lead
