#pragma once

#include <list>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "common/base/clock.h"
#include "common/neighbours/contact_directory.h"

namespace crm::neighbours {

// Remembers for a short while which contacts exist; never that one does not. So a contact is found
// as soon as it is made, and, once deleted, taken for live at most `keep` longer.
class CachedContactDirectory final : public ContactDirectory {
 public:
  CachedContactDirectory(ContactDirectory& source, const base::Clock& clock,
                         absl::Duration keep = absl::Seconds(5), size_t capacity = 4096)
      : source_(source), clock_(clock), keep_(keep), capacity_(capacity) {}

  void Check(absl::Span<const ContactKey> contacts, absl::Span<absl::Status> findings,
             base::Deadline deadline) override;

 private:
  struct Entry {
    absl::Time until;
    std::list<ContactKey>::iterator place;
  };

  bool Knows(const ContactKey& key, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Remember(const ContactKey& key, absl::Time until) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  ContactDirectory& source_;
  const base::Clock& clock_;
  const absl::Duration keep_;
  const size_t capacity_;
  absl::Mutex mutex_;
  absl::flat_hash_map<ContactKey, Entry> known_ ABSL_GUARDED_BY(mutex_);
  std::list<ContactKey> by_use_ ABSL_GUARDED_BY(mutex_);  // the latest first
};

}  // namespace crm::neighbours
