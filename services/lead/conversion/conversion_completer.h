#pragma once

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/lead/conversion/lead_conversions.h"

namespace crm::lead {

// A thread that carries on conversions whose callers have gone: after a crash, or while the
// opportunity service was away. Looks every `interval`, and again at once while there is more to
// do.
class ConversionCompleter {
 public:
  explicit ConversionCompleter(LeadConversions& conversions,
                               absl::Duration interval = absl::Milliseconds(500))
      : conversions_(conversions), interval_(interval) {}
  // Stops.
  ~ConversionCompleter() { Stop(); }

  void Start();
  // Joins the thread; it finishes the round it is in. Repeatable.
  void Stop();

 private:
  void Work();
  bool WaitForStop(absl::Duration limit);

  LeadConversions& conversions_;
  const absl::Duration interval_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace crm::lead
