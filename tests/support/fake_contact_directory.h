#pragma once

#include <atomic>
#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/error/error.h"
#include "common/neighbours/contact_directory.h"

namespace crm::testing {

// A directory in which every contact exists but those that are said to be missing.
class FakeContactDirectory final : public neighbours::ContactDirectory {
 public:
  void Check(absl::Span<const neighbours::ContactKey> contacts, absl::Span<absl::Status> findings,
             base::Deadline deadline) override {
    if (neighbours::ContactDirectory* const other = other_)
      return other->Check(contacts, findings, deadline);
    absl::MutexLock lock(&mutex_);
    ++calls_;
    for (size_t i = 0; i < contacts.size(); ++i) {
      if (away_) {
        findings[i] = error::Unavailable(error::kNeighbourUnavailable, "away", absl::Seconds(1));
      } else if (missing_.count(contacts[i].id) > 0) {
        findings[i] = error::NotFound("contacts/" + contacts[i].id.ToString());
      } else {
        findings[i] = absl::OkStatus();
      }
    }
  }
  void SetMissing(const base::Uuid& id, bool missing = true) {
    absl::MutexLock lock(&mutex_);
    missing ? (void)missing_.insert(id) : (void)missing_.erase(id);
  }
  void SetAway(bool away) {
    absl::MutexLock lock(&mutex_);
    away_ = away;
  }
  // Another one answers from now on; nullptr: this one again.
  void Ask(neighbours::ContactDirectory* other) { other_ = other; }
  int calls() const {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  std::atomic<neighbours::ContactDirectory*> other_{nullptr};
  mutable absl::Mutex mutex_;
  std::set<base::Uuid> missing_ ABSL_GUARDED_BY(mutex_);
  bool away_ ABSL_GUARDED_BY(mutex_) = false;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::testing
