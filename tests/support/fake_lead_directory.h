#pragma once

#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/error/error.h"
#include "common/error/refusals.h"
#include "common/neighbours/lead_directory.h"

namespace crm::testing {

// A directory in which every lead exists and has become nothing, but those of which a test says
// otherwise.
class FakeLeadDirectory final : public neighbours::LeadDirectory {
 public:
  void Check(absl::Span<const neighbours::LeadClaim> claims, absl::Span<absl::Status> findings,
             base::Deadline) override {
    absl::MutexLock lock(&mutex_);
    for (size_t i = 0; i < claims.size(); ++i) {
      const auto said = findings_.find(claims[i].lead);
      findings[i] = said == findings_.end() ? all_ : said->second;
    }
  }
  // What is found of one lead.
  void Set(const base::Uuid& lead, const absl::Status& finding) {
    absl::MutexLock lock(&mutex_);
    findings_[lead] = finding;
  }
  // Of all others.
  void SetAll(const absl::Status& finding) {
    absl::MutexLock lock(&mutex_);
    all_ = finding;
  }

 private:
  absl::Mutex mutex_;
  std::map<base::Uuid, absl::Status> findings_ ABSL_GUARDED_BY(mutex_);
  absl::Status all_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace crm::testing
