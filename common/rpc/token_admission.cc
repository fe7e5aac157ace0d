#include "common/rpc/token_admission.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include <variant>

#include "common/base/status.h"
#include "common/error/error.h"

namespace crm::rpc {
namespace {

constexpr absl::string_view kScheme = "bearer ";

absl::Status ScopeMissing(absl::string_view scope) {
  return error::Error(absl::StatusCode::kPermissionDenied, error::kScopeMissing,
                      "The token does not hold the scope of this method.")
      .With("scope", scope);
}

absl::Status TenantForbidden(absl::string_view tenant) {
  return error::Error(absl::StatusCode::kPermissionDenied, error::kTenantForbidden,
                      "The token is for another tenant.")
      .With("tenant", tenant);
}

}  // namespace

absl::StatusOr<CallContext> TokenAdmission::Admit(const grpc::ServerContextBase& context,
                                                  const MethodAccess& access,
                                                  absl::Time now) const {
  if (access.scope.empty()) return ScopeMissing("");
  CallMetadata stated = ReadMetadata(context, access.method, now);
  if (!stated.authorizations.empty()) return ByToken(std::move(stated), access, now);
  if (!IsTrusted(context)) return auth::TokenInvalid(auth::TokenCheck::kMissing);
  CRM_RETURN_IF_ERROR(stated.problem);
  stated.context.all_tenants = !access.all_tenants_scope.empty();
  stated.context.trusted_peer = true;
  return std::move(stated.context);
}

bool TokenAdmission::IsTrusted(const grpc::ServerContextBase& context) const {
  if (trusted_peers_.empty()) return false;
  // Of a verified client certificate that has exactly one; gRPC sets it for no other.
  const auto peer = context.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return false;
  const auto ids = peer->FindPropertyValues(GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  return ids.size() == 1 &&
         trusted_peers_.contains(absl::string_view(ids[0].data(), ids[0].size()));
}

absl::StatusOr<CallContext> TokenAdmission::ByToken(CallMetadata stated, const MethodAccess& access,
                                                    absl::Time now) const {
  const absl::string_view authorization = stated.authorizations[0];
  // Which of several counts is not ours to guess.
  if (stated.authorizations.size() > 1 || !absl::StartsWithIgnoreCase(authorization, kScheme)) {
    return auth::TokenInvalid(auth::TokenCheck::kMalformed);
  }
  const auto verdict =
      tokens_.Verify(absl::StripAsciiWhitespace(authorization.substr(kScheme.size())), now);
  if (const auto* const failed = std::get_if<auth::TokenCheck>(&verdict)) {
    return auth::TokenInvalid(*failed);
  }
  CRM_RETURN_IF_ERROR(stated.problem);
  const auth::Caller& caller = *std::get<0>(verdict);
  CallContext& call = stated.context;
  if (stated.names_tenant && call.tenant != caller.tenant) return TenantForbidden(call.tenant);
  call.all_tenants = !access.all_tenants_scope.empty() && caller.Holds(access.all_tenants_scope);
  if (!call.all_tenants && !caller.Holds(access.scope)) return ScopeMissing(access.scope);
  call.tenant = caller.tenant;
  call.actor = caller.actor;
  return std::move(call);
}

}  // namespace crm::rpc
