#include "common/auth/token_verifier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/digest.h"
#include "common/base/file_text.h"
#include "common/base/status.h"
#include "common/log/log.h"

namespace crm::auth {
namespace {

absl::StatusOr<std::string> Contents(const std::string& path) {
  absl::StatusOr<std::string> text = base::FileText(path);
  if (text.ok()) return text;
  return absl::NotFoundError(absl::StrCat("cannot read the key set ", path));
}

}  // namespace

TokenVerifier::TokenVerifier(TokenOptions options, metrics::Registry& metrics)
    : options_(std::move(options)),
      verified_(options_.remembered),
      checked_(metrics.GetCounter("crm_token_signatures_total",
                                  "Bearer tokens that were verified anew, not from memory.")),
      unreadable_(metrics.GetCounter("crm_jwks_failures_total",
                                     "Times that the key set's file could not be used.")),
      key_count_(metrics.GetGauge("crm_jwks_keys", "Keys that bearer tokens are verified by.")) {}

absl::Status TokenVerifier::Start() {
  CRM_RETURN_IF_ERROR(Read());
  watch_ = std::make_unique<lifecycle::Repeating>(
      [this] {
        ReadAgain();
        return options_.reread;
      },
      options_.reread);
  return absl::OkStatus();
}

// By what it holds, not by its time: a volume's files are exchanged by links, and clocks are
// coarse.
absl::Status TokenVerifier::Read() {
  CRM_ASSIGN_OR_RETURN(std::string text, Contents(options_.jwks_file));
  if (text == text_) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(std::shared_ptr<const KeySet> keys, KeySet::Parse(text));
  text_ = std::move(text);
  const std::vector<std::string> ids = keys->Ids();
  {
    absl::MutexLock lock(&mutex_);
    keys_ = std::move(keys);
  }
  verified_.Clear();
  key_count_.Set(static_cast<double>(ids.size()));
  log::Info("key set read", {{"keys", absl::StrJoin(ids, ",")}});
  return absl::OkStatus();
}

void TokenVerifier::ReadAgain() {
  const absl::Status status = Read();
  if (!status.ok()) unreadable_.Increment();
  const std::string problem = status.ok() ? "" : status.ToString();
  if (!problem.empty() && problem != problem_) {
    log::Error("key set cannot be used, the old one stays", {{"error", problem}});
  }
  problem_ = problem;
}

std::shared_ptr<const KeySet> TokenVerifier::keys() {
  absl::MutexLock lock(&mutex_);
  return keys_;
}

TokenVerifier::Verdict TokenVerifier::Verify(absl::string_view token, absl::Time now) {
  const VerifiedTokens::Digest digest = base::Sha256(token);
  std::shared_ptr<const Caller> known = verified_.Find(digest);
  if (known == nullptr) return VerifyNew(token, digest, now);
  if (const auto failed = CheckTimes(*known, now)) return *failed;
  return known;
}

TokenVerifier::Verdict TokenVerifier::VerifyNew(absl::string_view token,
                                                const VerifiedTokens::Digest& digest,
                                                absl::Time now) {
  const int64_t epoch = verified_.Epoch();  // before the keys are taken
  checked_.Increment();
  std::string payload;
  if (const auto failed = keys()->Verify(token, payload)) return *failed;
  auto caller = std::make_shared<Caller>();
  if (const auto failed = ReadClaims(payload, options_.claims, now, *caller)) return *failed;
  verified_.Add(digest, caller, epoch);
  return std::shared_ptr<const Caller>(std::move(caller));
}

}  // namespace crm::auth
