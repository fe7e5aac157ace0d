#include "common/serving/callers.h"

#include <string>

#include "absl/container/flat_hash_set.h"
#include "common/base/status.h"
#include "common/rpc/token_admission.h"

namespace crm::serving {

absl::Status Callers::Start(const AuthOptions& options, metrics::Registry& metrics) {
  if (!options.Tokens()) return absl::OkStatus();
  auth::TokenOptions tokens;
  tokens.jwks_file = options.jwks_file;
  tokens.claims = {options.issuer, options.audience, options.tenant_claim, options.actor_claim};
  tokens_ = std::make_unique<auth::TokenVerifier>(std::move(tokens), metrics);
  CRM_RETURN_IF_ERROR(tokens_->Start());
  by_token_ = std::make_unique<rpc::TokenAdmission>(
      *tokens_,
      absl::flat_hash_set<std::string>(options.trusted_peers.begin(), options.trusted_peers.end()));
  admission_ = by_token_.get();
  return absl::OkStatus();
}

}  // namespace crm::serving
