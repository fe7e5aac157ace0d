#include "services/lead/conversion/conversion_completer.h"

#include "common/log/log.h"

namespace crm::lead {
namespace {

constexpr int kBatch = 32;

}  // namespace

void ConversionCompleter::Start() {
  thread_ = std::thread([this] { Work(); });
}

void ConversionCompleter::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void ConversionCompleter::Work() {
  bool more = false;
  while (!WaitForStop(more ? absl::ZeroDuration() : interval_)) {
    const absl::StatusOr<int> taken = conversions_.CarryOnDue(kBatch);
    more = taken.ok() && *taken == kBatch;
    if (!taken.ok()) {
      log::Warning("conversions could not be carried on", {{"error", taken.status().ToString()}});
    }
  }
}

bool ConversionCompleter::WaitForStop(absl::Duration limit) {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(&stopping_), limit);
}

}  // namespace crm::lead
