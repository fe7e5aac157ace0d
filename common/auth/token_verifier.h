#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <variant>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/claims.h"
#include "common/auth/key_set.h"
#include "common/auth/token.h"
#include "common/auth/verified_tokens.h"
#include "common/lifecycle/repeating.h"
#include "common/metrics/registry.h"

namespace crm::auth {

struct TokenOptions {
  std::string jwks_file;
  ClaimRules claims;
  size_t remembered = 16384;                 // verified tokens, some 300 bytes each
  absl::Duration reread = absl::Seconds(1);  // how often the file is looked at
};

// Says whom bearer tokens stand for. The key set is read again when its file changes; a file that
// cannot be used leaves the keys as they were, and is logged and counted. Tokens that were verified
// by keys of an older file are verified again. Thread-safe.
class TokenVerifier {
 public:
  // The registry must outlive this.
  TokenVerifier(TokenOptions options, metrics::Registry& metrics);
  TokenVerifier(const TokenVerifier&) = delete;
  TokenVerifier& operator=(const TokenVerifier&) = delete;

  // Reads the key set and begins to watch its file, on a thread of its own. Errors: those of the
  // file, INVALID_ARGUMENT for what it holds.
  absl::Status Start();

  // The caller, or the first check that failed. Computes a signature only for a token that it does
  // not remember; never blocks.
  using Verdict = std::variant<std::shared_ptr<const Caller>, TokenCheck>;
  Verdict Verify(absl::string_view token, absl::Time now);

 private:
  Verdict VerifyNew(absl::string_view token, const VerifiedTokens::Digest& digest, absl::Time now);
  absl::Status Read();
  void ReadAgain();
  std::shared_ptr<const KeySet> keys();

  const TokenOptions options_;
  VerifiedTokens verified_;
  metrics::Counter& checked_;
  metrics::Counter& unreadable_;
  metrics::Gauge& key_count_;

  absl::Mutex mutex_;
  std::shared_ptr<const KeySet> keys_ ABSL_GUARDED_BY(mutex_);
  // Of the watching thread, once there is one.
  std::string text_;
  std::string problem_;
  std::unique_ptr<lifecycle::Repeating> watch_;  // last: ends first
};

}  // namespace crm::auth
