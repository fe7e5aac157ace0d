#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/lead/domain/ports.h"

namespace crm::lead::testing {

// Tells what a test sets: at first that everything is there.
class FakeConversionFacts final : public ConversionFactFinder {
 public:
  absl::StatusOr<ConversionFacts> Find(const std::string&, const base::Uuid&, const std::string&,
                                       base::Deadline) override {
    absl::MutexLock lock(&mutex_);
    return facts_;
  }
  void Set(absl::StatusOr<ConversionFacts> facts) {
    absl::MutexLock lock(&mutex_);
    facts_ = std::move(facts);
  }
  static ConversionFacts AllThere() { return {"1", "contacts/firm", "1", false}; }

 private:
  absl::Mutex mutex_;
  absl::StatusOr<ConversionFacts> facts_ ABSL_GUARDED_BY(mutex_) = AllThere();
};

}  // namespace crm::lead::testing
