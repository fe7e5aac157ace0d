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
  absl::StatusOr<AttachmentOutlook> FindAttachment(const OpportunityOrder& order) override {
    absl::MutexLock lock(&mutex_);
    latest_order_ = order;
    return attachment_;
  }
  // The named one, which is there, or a new one.
  absl::StatusOr<EmployerOutlook> FindEmployer(const std::string&, const PlannedEmployer& employer,
                                               base::Deadline) override {
    if (!employer.organization) return EmployerOutlook{EmployerMatch::kNew, ""};
    return EmployerOutlook{EmployerMatch::kRequest,
                           "contacts/" + employer.organization->ToString()};
  }
  void SetAttachment(absl::StatusOr<AttachmentOutlook> attachment) {
    absl::MutexLock lock(&mutex_);
    attachment_ = std::move(attachment);
  }
  OpportunityOrder latest_order() {
    absl::MutexLock lock(&mutex_);
    return latest_order_;
  }
  void Set(absl::StatusOr<ConversionFacts> facts) {
    absl::MutexLock lock(&mutex_);
    facts_ = std::move(facts);
  }
  static ConversionFacts AllThere() { return {"1", "contacts/firm", "1", false, {}}; }

 private:
  absl::Mutex mutex_;
  absl::StatusOr<ConversionFacts> facts_ ABSL_GUARDED_BY(mutex_) = AllThere();
  absl::StatusOr<AttachmentOutlook> attachment_ ABSL_GUARDED_BY(mutex_) = AttachmentOutlook();
  OpportunityOrder latest_order_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::lead::testing
