#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/auth/token.h"

namespace crm::auth {

// How far the clocks of an identity provider and of this machine may differ.
inline constexpr absl::Duration kClockLeeway = absl::Seconds(60);

// Which tokens are accepted, and where in them the tenant and the actor stand.
struct ClaimRules {
  std::string issuer;    // iss is exactly this
  std::string audience;  // aud is or holds exactly this
  std::string tenant_claim = "crm_tenant";
  std::string actor_claim = "sub";
};

// Reads the payload of a token whose signature was checked. Scopes are the words of `scope` and of
// `scp`, each a string or a list of strings. Tenant and actor must be as base::IsIdentity
// wants them.
std::optional<TokenCheck> ReadClaims(absl::string_view payload, const ClaimRules& rules,
                                     absl::Time now, Caller& caller);

// Whether its time is over or has not begun.
std::optional<TokenCheck> CheckTimes(const Caller& caller, absl::Time now);

}  // namespace crm::auth
