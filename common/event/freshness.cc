#include "common/event/freshness.h"

#include <algorithm>

namespace crm::event {
namespace {

const std::vector<double>& Buckets() {
  static const auto* const kBuckets =
      new std::vector<double>{0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800};
  return *kBuckets;
}

absl::Time ChangeTime(const LogRow& row) {
  const int64_t milliseconds = row.event_id.Version() == 7
                                   ? static_cast<int64_t>(row.event_id.High() >> 16)
                                   : row.milliseconds;
  return absl::FromUnixMillis(milliseconds);
}

}  // namespace

Freshness::Freshness(metrics::Registry* registry, const base::Clock* clock)
    : seconds_(registry->GetHistogram("crm_event_freshness_seconds",
                                      "Time from an event's change to its being on the stream.",
                                      Buckets())),
      clock_(clock) {}

void Freshness::Sent(absl::Span<const LogRow> rows) {
  for (const LogRow& row : rows) {
    if (row.sequence <= last_sent_) continue;
    last_sent_ = row.sequence;
    under_way_.push_back({row.sequence, ChangeTime(row)});
  }
}

void Freshness::Reached(int64_t tip) {
  if (under_way_.empty() || under_way_.front().sequence > tip) return;
  const absl::Time now = clock_->Now();
  while (!under_way_.empty() && under_way_.front().sequence <= tip) {
    seconds_.Observe(std::max(0.0, absl::ToDoubleSeconds(now - under_way_.front().changed)));
    under_way_.pop_front();
  }
}

}  // namespace crm::event
