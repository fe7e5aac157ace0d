#pragma once

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/steady_condition.h"
#include "services/lead/conversion/conversion_metrics.h"
#include "services/lead/conversion/lead_conversions.h"

namespace crm::lead {

// A thread that completes conversions whose callers have gone: after a crash, or while the
// opportunity service was unavailable. Looks every kCompleterInterval, by the monotonic clock, and
// again at once while there is more to do. Also shows what is pending.
class ConversionCompleter {
 public:
  ConversionCompleter(LeadConversions& conversions, ConversionMetrics& metrics)
      : conversions_(conversions), metrics_(metrics) {}
  // Stops.
  ~ConversionCompleter() { Stop(); }

  void Start();
  // Joins the thread; it finishes the round it is in. Repeatable.
  void Stop();

 private:
  void Work();
  // Whether to stop, after waiting for it for at most `limit`.
  bool AwaitStop(absl::Duration limit);

  LeadConversions& conversions_;
  ConversionMetrics& metrics_;
  absl::Mutex mutex_;
  base::SteadyCondition stopped_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace crm::lead
