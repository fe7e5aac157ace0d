#pragma once

#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/base/tenant_key.h"
#include "services/lead/domain/ports.h"

namespace crm::lead::testing {

// An opportunity service in memory: one opportunity per id, however often it is ordered. As mean as
// the real one: it refuses what it does not like before it looks whether it is there, and calls
// whose answers are lost, or that end in a fault, may have been done.
class FakeOpportunityOpener final : public OpportunityOpener {
 public:
  enum class Mode {
    kNormal,
    kAway,       // opens nothing and answers UNAVAILABLE
    kReplyLost,  // opens, but the answer does not arrive
    kRefusing,
    kFaulty,   // answers PERMISSION_DENIED
    kBlind,    // refuses, and does not answer who looks
    kHanging,  // does not answer until the mode changes
  };

  void Open(absl::Span<const OpportunityOrder> orders, absl::Span<OpeningReply> replies) override {
    absl::MutexLock lock(&mutex_);
    hanging_ += mode_ == Mode::kHanging ? 1 : 0;
    mutex_.Await(absl::Condition(
        +[](Mode* mode) { return *mode != Mode::kHanging; }, &mode_));
    for (size_t i = 0; i < orders.size(); ++i) {
      ++orders_;
      latest_order_ = orders[i];
      const base::TenantKey key{orders[i].tenant, orders[i].opportunity};
      if (mode_ == Mode::kAway) {
        replies[i] = {Opening::kUnknown, "UNAVAILABLE"};
      } else if (mode_ == Mode::kFaulty) {
        replies[i] = {Opening::kFaulty, "PERMISSION_DENIED"};
      } else if (mode_ == Mode::kRefusing || mode_ == Mode::kBlind) {
        replies[i] = {Opening::kRefused, "REFERENCE_NOT_FOUND"};
      } else {
        opened_.emplace(key, orders[i]);
        replies[i] = mode_ == Mode::kReplyLost ? OpeningReply{Opening::kUnknown, "UNAVAILABLE"}
                                               : OpeningReply{Opening::kOpened, ""};
      }
    }
  }
  void Find(absl::Span<const OpportunityOrder> orders, absl::Span<OpeningReply> replies) override {
    absl::MutexLock lock(&mutex_);
    for (size_t i = 0; i < orders.size(); ++i) {
      if (mode_ == Mode::kAway || mode_ == Mode::kReplyLost || mode_ == Mode::kBlind) {
        replies[i] = {Opening::kUnknown, "UNAVAILABLE"};
      } else if (mode_ == Mode::kFaulty) {
        replies[i] = {Opening::kFaulty, "PERMISSION_DENIED"};
      } else {
        const auto found = opened_.find({orders[i].tenant, orders[i].opportunity});
        const bool ours = found != opened_.end() && found->second.lead == orders[i].lead;
        replies[i] = ours ? OpeningReply{Opening::kOpened, ""}
                          : OpeningReply{Opening::kRefused, "RESOURCE_NOT_FOUND"};
      }
    }
  }
  void SetMode(Mode mode) {
    absl::MutexLock lock(&mutex_);
    mode_ = mode;
    hanging_ = 0;
  }
  // Waits until so many calls hang; false if they do not within a minute.
  bool AwaitHanging(int calls) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, calls]()
                            ABSL_NO_THREAD_SAFETY_ANALYSIS { return hanging_ >= calls; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Minutes(1));
  }
  // The opportunities opened for a lead.
  std::vector<OpportunityOrder> OpenedFor(const base::Uuid& lead) const {
    absl::MutexLock lock(&mutex_);
    std::vector<OpportunityOrder> found;
    for (const auto& [key, order] : opened_) {
      if (order.lead == lead) found.push_back(order);
    }
    return found;
  }
  OpportunityOrder latest_order() const {
    absl::MutexLock lock(&mutex_);
    return latest_order_;
  }
  int orders() const {
    absl::MutexLock lock(&mutex_);
    return orders_;
  }

 private:
  mutable absl::Mutex mutex_;
  Mode mode_ ABSL_GUARDED_BY(mutex_) = Mode::kNormal;
  std::map<base::TenantKey, OpportunityOrder> opened_ ABSL_GUARDED_BY(mutex_);
  int orders_ ABSL_GUARDED_BY(mutex_) = 0;
  OpportunityOrder latest_order_ ABSL_GUARDED_BY(mutex_);
  int hanging_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::lead::testing
