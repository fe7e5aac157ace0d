#pragma once

#include <absl/container/flat_hash_set.h>
#include <absl/status/statusor.h>

#include <string>
#include <utility>

#include "common/auth/token_verifier.h"
#include "common/rpc/admission.h"
#include "common/rpc/metadata.h"

namespace crm::rpc {

// Admits two kinds of callers, and nobody to a method whose proto gives no scope.
//  - Who brings a bearer token is whom it stands for, may call what its scopes say, and may state
//  no
//    other tenant (a stated actor is not looked at).
//  - Who brings none, and shows a client certificate with a SPIFFE ID of `trusted_peers`, calls on
//    behalf of the tenant and actor that it states, with any scope.
// Errors: UNAUTHENTICATED TOKEN_INVALID; PERMISSION_DENIED SCOPE_MISSING, TENANT_FORBIDDEN.
class TokenAdmission final : public Admission {
 public:
  // `tokens` must outlive this.
  TokenAdmission(auth::TokenVerifier& tokens, absl::flat_hash_set<std::string> trusted_peers)
      : tokens_(tokens), trusted_peers_(std::move(trusted_peers)) {}

  absl::StatusOr<CallContext> Admit(const grpc::ServerContextBase& context,
                                    const MethodAccess& access, absl::Time now) const override;

 private:
  bool IsTrusted(const grpc::ServerContextBase& context) const;
  absl::StatusOr<CallContext> ByToken(CallMetadata stated, const MethodAccess& access,
                                      absl::Time now) const;

  auth::TokenVerifier& tokens_;
  const absl::flat_hash_set<std::string> trusted_peers_;
};

}  // namespace crm::rpc
