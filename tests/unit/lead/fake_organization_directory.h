#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/error/error.h"
#include "services/lead/prediction/prediction_ports.h"

namespace crm::lead::testing {

// Knows the organizations that it is told of.
class FakeOrganizationDirectory final : public OrganizationDirectory {
 public:
  absl::StatusOr<std::vector<OrganizationFacts>> Find(const std::string&,
                                                      absl::Span<const base::Uuid> contacts,
                                                      base::Deadline) override {
    absl::MutexLock lock(&mutex_);
    ++calls_;
    if (away_) return error::Unavailable(error::kNeighbourUnavailable, "away", absl::Seconds(1));
    std::vector<OrganizationFacts> found;
    for (const base::Uuid& contact : contacts) {
      const auto at = known_.find(contact);
      found.push_back(at == known_.end() ? OrganizationFacts() : at->second);
    }
    return found;
  }
  void Know(const base::Uuid& contact, OrganizationFacts facts) {
    absl::MutexLock lock(&mutex_);
    known_[contact] = std::move(facts);
  }
  void SetAway(bool away) {
    absl::MutexLock lock(&mutex_);
    away_ = away;
  }
  int calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::map<base::Uuid, OrganizationFacts> known_ ABSL_GUARDED_BY(mutex_);
  bool away_ ABSL_GUARDED_BY(mutex_) = false;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::lead::testing
