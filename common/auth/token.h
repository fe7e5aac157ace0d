#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/enum_names.h"
#include "common/error/error.h"

namespace crm::auth {

// What is checked of a bearer token, in this order; the first that fails is told to the caller.
enum class TokenCheck {
  kMissing,      // there is none
  kMalformed,    // not a JWT of three parts, too long, or with a header that changes its meaning
  kAlgorithm,    // none, HS256 or another that is not accepted
  kKey,          // no kid, one that is not in the key set, or a key for another algorithm
  kSignature,    //
  kExpired,      // exp is missing or past
  kNotYetValid,  // nbf lies ahead
  kIssuer,       // iss
  kAudience,     // aud
  kTenant,       // the claim is missing or malformed
  kActor,        // the same
};

inline constexpr base::EnumName<TokenCheck> kTokenCheckNames[] = {
    {TokenCheck::kMissing, "missing"},     {TokenCheck::kMalformed, "malformed"},
    {TokenCheck::kAlgorithm, "algorithm"}, {TokenCheck::kKey, "key"},
    {TokenCheck::kSignature, "signature"}, {TokenCheck::kExpired, "expired"},
    {TokenCheck::kIssuer, "issuer"},       {TokenCheck::kNotYetValid, "not_yet_valid"},
    {TokenCheck::kAudience, "audience"},   {TokenCheck::kTenant, "tenant"},
    {TokenCheck::kActor, "actor"}};

// Whom a token stands for.
struct Caller {
  std::string tenant;
  std::string actor;
  std::vector<std::string> scopes;  // sorted
  absl::Time not_before = absl::InfinitePast();
  absl::Time expires = absl::InfinitePast();

  bool Holds(absl::string_view scope) const;
};

// UNAUTHENTICATED, TOKEN_INVALID. Metadata: check. Says nothing of what the token holds.
error::Error TokenInvalid(TokenCheck check);

}  // namespace crm::auth
