#include "services/lead/conversion/conversion_metrics.h"

#include <algorithm>

namespace crm::lead {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(5);
constexpr absl::Duration kCountPatience = absl::Seconds(2);

constexpr ConversionState kStates[] = {ConversionState::kStarted, ConversionState::kCompleted,
                                       ConversionState::kCompensated,
                                       ConversionState::kNeedsAttention};

metrics::Labels LabelOf(ConversionState state) {
  return {{"state", std::string(NameOf(kConversionStateNames, state))}};
}

}  // namespace

ConversionMetrics::ConversionMetrics(metrics::Registry& registry, ConversionStore& store,
                                     const base::Clock& clock)
    : store_(store),
      clock_(clock),
      pending_(registry.GetTransientGauge("crm_conversions",
                                          "Conversions in a state (counted up to 10000).",
                                          LabelOf(ConversionState::kStarted))),
      stuck_(registry.GetTransientGauge("crm_conversions",
                                        "Conversions in a state (counted up to 10000).",
                                        LabelOf(ConversionState::kNeedsAttention))),
      oldest_(registry.GetTransientGauge("crm_conversion_oldest_pending_seconds",
                                         "Age of the oldest conversion that is not finished.")) {
  for (size_t i = 0; i < entered_.size(); ++i) {
    entered_[i] = &registry.GetCounter("crm_conversions_entered_total",
                                       "Conversions that entered a state by this process.",
                                       LabelOf(kStates[i]));
  }
}

void ConversionMetrics::Entered(ConversionState state) {
  const auto* const at = std::find(std::begin(kStates), std::end(kStates), state);
  if (at != std::end(kStates)) entered_[static_cast<size_t>(at - kStates)]->Increment();
}

void ConversionMetrics::ShowPendingIfDue() {
  if (base::SteadyNow() < next_) return;
  next_ = base::SteadyNow() + kInterval;
  const absl::Time now = clock_.Now();
  const absl::StatusOr<PendingConversions> pending =
      store_.CountPending(base::Deadline::After(kCountPatience));
  if (!pending.ok()) {
    pending_.Withdraw();
    stuck_.Withdraw();
    oldest_.Withdraw();
    return;
  }
  pending_.Set(static_cast<double>(pending->count));
  stuck_.Set(static_cast<double>(pending->need_attention));
  const absl::Duration age = pending->oldest ? now - *pending->oldest : absl::ZeroDuration();
  oldest_.Set(std::max(0.0, absl::ToDoubleSeconds(age)));
}

}  // namespace crm::lead
