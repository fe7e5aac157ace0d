#include "common/serving/auth_options.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace crm::serving {

void AuthOptions::AddTo(config::Options& options) {
  options
      .Choice("auth",
              "how callers prove who they are: none believes tenant and actor as they are stated; "
              "token asks for a bearer token, or for the certificate of a trusted peer",
              &mode, {"none", "token"})
      .Text("jwks-file", "public keys that tokens are verified by; read again when it changes",
            &jwks_file)
      .Text("token-issuer", "iss of the tokens that are accepted", &issuer)
      .Text("token-audience", "aud of the tokens that are accepted", &audience)
      .Text("tenant-claim", "the claim of a token that names the tenant", &tenant_claim)
      .Text("actor-claim", "the claim of a token that names the actor", &actor_claim)
      .List("trusted-peers",
            "SPIFFE IDs, as spiffe://crm/lead, of the client certificates whose owners may state "
            "tenant and actor without a token",
            &trusted_peers)
      .Choice("reflection",
              "whether anybody may ask for the interface; auto: unless tokens are asked for",
              &reflection, {"auto", "on", "off"});
}

std::optional<std::string> AuthOptions::Problem() const {
  if (!Tokens()) {
    if (trusted_peers.empty()) return std::nullopt;
    return "--trusted-peers needs --auth=token";
  }
  if (jwks_file.empty() || issuer.empty() || audience.empty()) {
    return "--auth=token needs --jwks-file, --token-issuer and --token-audience";
  }
  if (tenant_claim.empty() || actor_claim.empty()) {
    return "--tenant-claim and --actor-claim must not be empty";
  }
  for (const std::string& peer : trusted_peers) {
    if (!absl::StartsWith(peer, "spiffe://")) {
      return absl::StrCat("--trusted-peers: ", peer, " does not begin with spiffe://");
    }
  }
  return std::nullopt;
}

}  // namespace crm::serving
