#include "services/contact/erasure/erasure_keeper.h"

#include <algorithm>

#include "common/base/status.h"
#include "common/log/log.h"

namespace crm::contact {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(5);
constexpr absl::Duration kErasurePatience = absl::Seconds(30);
constexpr absl::Duration kCountPatience = absl::Seconds(2);
constexpr int kMostAtOnce = 20;

}  // namespace

ErasureKeeper::ErasureKeeper(const ErasureStore& erasures, const base::Clock& clock,
                             metrics::Registry& registry)
    : erasures_(erasures),
      clock_(clock),
      open_(registry.GetTransientGauge(
          "crm_erasures_open", "Erasures that a service has still to do (counted up to 10000).",
          {})),
      oldest_(registry.GetTransientGauge("crm_erasure_oldest_open_seconds",
                                         "How long the oldest open erasure has waited.", {})) {}

void ErasureKeeper::Start() {
  thread_ = std::make_unique<lifecycle::Repeating>(
      [this] {
        const absl::StatusOr<int> looked = LookAgain();
        if (!looked.ok()) {
          log::Warning("erasures were not looked for again",
                       {{"error", looked.status().ToString()}});
        }
        ShowOpen();
        return kInterval;
      },
      kInterval);
}

absl::StatusOr<int> ErasureKeeper::LookAgain() {
  const absl::Time now = clock_.Now();
  CRM_ASSIGN_OR_RETURN(const auto due,
                       erasures_.Due(now, kMostAtOnce, base::Deadline::After(kErasurePatience)));
  for (const ErasureRequest& request : due) {
    CRM_RETURN_IF_ERROR(
        erasures_.Erase(request, now, base::Deadline::After(kErasurePatience)).status());
  }
  return static_cast<int>(due.size());
}

void ErasureKeeper::ShowOpen() {
  const absl::Time now = clock_.Now();
  const auto open = erasures_.CountOpen(base::Deadline::After(kCountPatience));
  if (!open.ok()) {
    open_.Withdraw();
    oldest_.Withdraw();
    return;
  }
  open_.Set(static_cast<double>(open->count));
  const absl::Duration age = open->oldest ? now - *open->oldest : absl::ZeroDuration();
  oldest_.Set(std::max(0.0, absl::ToDoubleSeconds(age)));
}

}  // namespace crm::contact
