#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/token.h"

namespace crm::auth {

// Remembers whom tokens stand for by their SHA-256, so that the signature of each is checked once:
// at most `capacity` of them, of which those that are used stay. Tokens themselves are not kept.
// Thread-safe; costs a lock and a look-up.
class VerifiedTokens {
 public:
  using Digest = std::array<uint8_t, 32>;
  using Found = std::shared_ptr<const Caller>;

  explicit VerifiedTokens(size_t capacity) : half_(capacity / 2) {}

  Found Find(const Digest& token);
  // `epoch` as Epoch() was before the token was verified: what was verified by older keys is not
  // remembered.
  void Add(const Digest& token, Found caller, int64_t epoch);

  int64_t Epoch();
  // Forgets all, and begins a new epoch.
  void Clear();

 private:
  using Callers = absl::flat_hash_map<Digest, Found>;

  void Insert(const Digest& token, Found caller) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t half_;
  absl::Mutex mutex_;
  // When the young ones are as many as half the capacity they become the old ones, and what was old
  // and has not been used since is forgotten.
  Callers young_ ABSL_GUARDED_BY(mutex_);
  Callers old_ ABSL_GUARDED_BY(mutex_);
  int64_t epoch_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace crm::auth
