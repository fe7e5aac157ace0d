#pragma once

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/lead/domain/ports.h"

namespace crm::lead::testing {

// Notes the orders and answers what it is told to.
class FakeEmployerLinker final : public EmployerLinker {
 public:
  OpeningReply Link(const EmploymentOrder& order) override {
    absl::MutexLock lock(&mutex_);
    orders_.push_back(order);
    return reply_;
  }
  void Answer(OpeningReply reply) {
    absl::MutexLock lock(&mutex_);
    reply_ = std::move(reply);
  }
  std::vector<EmploymentOrder> orders() const {
    absl::MutexLock lock(&mutex_);
    return orders_;
  }

 private:
  mutable absl::Mutex mutex_;
  OpeningReply reply_ ABSL_GUARDED_BY(mutex_) = {Opening::kOpened, ""};
  std::vector<EmploymentOrder> orders_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::lead::testing
