#include "common/event/backlog_report.h"

#include <algorithm>

namespace crm::event {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);

}  // namespace

void BacklogReport::ShowIfDue(Sequencer& sequencer, int64_t tip, int64_t last) {
  if (base::SteadyNow() < next_) return;
  next_ = base::SteadyNow() + kInterval;
  const absl::StatusOr<Sequencer::Backlog> backlog = sequencer.MeasureBacklog();
  if (!backlog.ok()) return;
  metrics_->unsequenced_rows.Set(static_cast<double>(backlog->rows));
  metrics_->oldest_unsequenced_seconds.Set(backlog->oldest ? AgeOf(*backlog->oldest) : 0);
  double lag = 0;
  if (tip < last) {
    const auto next = sequencer.ReadOne(tip + 1);
    if (next.ok() && next->has_value()) lag = AgeOf(absl::FromUnixMillis((*next)->milliseconds));
  }
  metrics_->publish_lag_seconds.Set(lag);
}

double BacklogReport::AgeOf(absl::Time since) const {
  return std::max(0.0, absl::ToDoubleSeconds(clock_->Now() - since));
}

}  // namespace crm::event
