#include "common/neighbours/cached_contact_directory.h"

#include <vector>

namespace crm::neighbours {

void CachedContactDirectory::Check(absl::Span<const ContactKey> contacts,
                                   absl::Span<absl::Status> findings, base::Deadline deadline) {
  std::vector<ContactKey> unknown;
  std::vector<size_t> places;
  const absl::Time now = clock_.Now();
  {
    absl::MutexLock lock(&mutex_);
    for (size_t i = 0; i < contacts.size(); ++i) {
      findings[i] = absl::OkStatus();
      if (Knows(contacts[i], now)) continue;
      unknown.push_back(contacts[i]);
      places.push_back(i);
    }
  }
  if (unknown.empty()) return;
  std::vector<absl::Status> found(unknown.size());
  source_.Check(unknown, absl::MakeSpan(found), deadline);
  absl::MutexLock lock(&mutex_);
  for (size_t i = 0; i < unknown.size(); ++i) {
    if (found[i].ok()) Remember(unknown[i], now + keep_);
    findings[places[i]] = std::move(found[i]);
  }
}

bool CachedContactDirectory::Knows(const ContactKey& key, absl::Time now) {
  const auto at = known_.find(key);
  if (at == known_.end() || at->second.until <= now) return false;
  by_use_.splice(by_use_.begin(), by_use_, at->second.place);
  return true;
}

void CachedContactDirectory::Remember(const ContactKey& key, absl::Time until) {
  const auto at = known_.find(key);
  if (at != known_.end()) {
    at->second.until = until;
    by_use_.splice(by_use_.begin(), by_use_, at->second.place);
    return;
  }
  if (known_.size() >= capacity_) {
    known_.erase(by_use_.back());
    by_use_.pop_back();
  }
  by_use_.push_front(key);
  known_.emplace(key, Entry{until, by_use_.begin()});
}

}  // namespace crm::neighbours
