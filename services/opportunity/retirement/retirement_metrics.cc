#include "services/opportunity/retirement/retirement_metrics.h"

namespace crm::opportunity {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(5);
constexpr absl::Duration kPatience = absl::Seconds(2);

metrics::Counter& Moves(metrics::Registry& registry, const char* outcome) {
  return registry.GetCounter("crm_retired_stage_moves_total",
                             "Moves of opportunities out of stages removed from their pipelines.",
                             {{"outcome", outcome}});
}

}  // namespace

RetirementMetrics::RetirementMetrics(metrics::Registry& registry, RetirementStore& store)
    : store_(store),
      moved_(Moves(registry, "moved")),
      failed_(Moves(registry, "failed")),
      pending_(registry.GetTransientGauge(
          "crm_retired_stages", "Removed stages whose opportunities are still looked for.")),
      oldest_(registry.GetTransientGauge("crm_retired_stage_oldest_seconds",
                                         "Since when the oldest of them is removed.")) {}

void RetirementMetrics::Moved(int moved, int failed) {
  moved_.Increment(moved);
  failed_.Increment(failed);
}

void RetirementMetrics::ShowPendingIfDue() {
  if (base::SteadyNow() < next_) return;
  next_ = base::SteadyNow() + kInterval;
  const absl::StatusOr<RetirementCount> pending = store_.Count(base::Deadline::After(kPatience));
  if (!pending.ok()) {
    pending_.Withdraw();
    oldest_.Withdraw();
    return;
  }
  pending_.Set(static_cast<double>(pending->count));
  oldest_.Set(absl::ToDoubleSeconds(pending->oldest));
}

}  // namespace crm::opportunity
