#include "services/lead/conversion/conversion_completer.h"

#include "common/log/log.h"

namespace crm::lead {

void ConversionCompleter::Start() {
  thread_ = std::thread([this] { Work(); });
}

void ConversionCompleter::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  stopped_.SignalAll();
  if (thread_.joinable()) thread_.join();
}

void ConversionCompleter::Work() {
  bool more = false;
  while (!AwaitStop(more ? absl::ZeroDuration() : kCompleterInterval)) {
    const absl::StatusOr<int> taken = conversions_.CompleteDue(kCompleterBatch);
    more = taken.ok() && *taken == kCompleterBatch;
    metrics_.ShowPendingIfDue();
    if (!taken.ok()) {
      log::Warning("due conversions could not be taken", {{"error", taken.status().ToString()}});
    }
  }
}

bool ConversionCompleter::AwaitStop(absl::Duration limit) {
  const base::SteadyTime end = base::SteadyNow() + limit;
  absl::MutexLock lock(&mutex_);
  return stopped_.AwaitUntil(mutex_, end,
                             [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopping_; });
}

}  // namespace crm::lead
