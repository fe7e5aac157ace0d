#include "common/auth/verified_tokens.h"

#include <utility>

namespace crm::auth {

VerifiedTokens::Found VerifiedTokens::Find(const Digest& token) {
  absl::MutexLock lock(&mutex_);
  if (const auto young = young_.find(token); young != young_.end()) return young->second;
  const auto old = old_.find(token);
  if (old == old_.end()) return nullptr;
  Found found = old->second;
  Insert(token, found);
  return found;
}

void VerifiedTokens::Add(const Digest& token, Found caller, int64_t epoch) {
  absl::MutexLock lock(&mutex_);
  if (epoch == epoch_) Insert(token, std::move(caller));
}

void VerifiedTokens::Insert(const Digest& token, Found caller) {
  young_.insert_or_assign(token, std::move(caller));
  if (young_.size() < half_) return;
  old_ = std::move(young_);
  young_.clear();
}

int64_t VerifiedTokens::Epoch() {
  absl::MutexLock lock(&mutex_);
  return epoch_;
}

void VerifiedTokens::Clear() {
  absl::MutexLock lock(&mutex_);
  young_.clear();
  old_.clear();
  ++epoch_;
}

}  // namespace crm::auth
