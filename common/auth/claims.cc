#include "common/auth/claims.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "absl/strings/str_split.h"
#include "common/base/identity.h"

namespace crm::auth {
namespace {

using Json = nlohmann::json;

// A NumericDate; further off than any clock it stands for no time.
std::optional<absl::Time> TimeOf(const Json& claims, const char* name) {
  constexpr double kFarthest = 1e11;
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!std::isfinite(seconds) || std::abs(seconds) > kFarthest) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

std::string TextOf(const Json& claims, const std::string& name) {
  const auto found = claims.find(name);
  return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The audience may be one or a list.
bool Names(const Json& claims, const char* name, const std::string& wanted) {
  const auto found = claims.find(name);
  if (found == claims.end()) return false;
  if (found->is_string()) return *found == wanted;
  return found->is_array() && std::find(found->begin(), found->end(), wanted) != found->end();
}

void AddWords(const Json& value, std::vector<std::string>& words) {
  if (value.is_string()) {
    for (const absl::string_view word :
         absl::StrSplit(value.get_ref<const std::string&>(), ' ', absl::SkipEmpty())) {
      words.emplace_back(word);
    }
  } else if (value.is_array()) {
    for (const Json& word : value) {
      if (word.is_string()) words.push_back(word.get<std::string>());
    }
  }
}

std::vector<std::string> ScopesOf(const Json& claims) {
  std::vector<std::string> scopes;
  for (const char* name : {"scope", "scp"}) {
    if (const auto found = claims.find(name); found != claims.end()) AddWords(*found, scopes);
  }
  std::sort(scopes.begin(), scopes.end());
  return scopes;
}

// The time of nbf; what is there and is none lies ahead for ever.
absl::Time BeginOf(const Json& claims) {
  if (!claims.contains("nbf")) return absl::InfinitePast();
  return TimeOf(claims, "nbf").value_or(absl::InfiniteFuture());
}

}  // namespace

std::optional<TokenCheck> CheckTimes(const Caller& caller, absl::Time now) {
  if (now - kClockLeeway >= caller.expires) return TokenCheck::kExpired;
  if (now + kClockLeeway < caller.not_before) return TokenCheck::kNotYetValid;
  return std::nullopt;
}

std::optional<TokenCheck> ReadClaims(absl::string_view payload, const ClaimRules& rules,
                                     absl::Time now, Caller& caller) {
  const Json claims = Json::parse(payload.begin(), payload.end(), nullptr, false);
  if (!claims.is_object()) return TokenCheck::kMalformed;
  caller.expires = TimeOf(claims, "exp").value_or(absl::InfinitePast());
  caller.not_before = BeginOf(claims);
  if (const auto failed = CheckTimes(caller, now)) return failed;
  if (TextOf(claims, "iss") != rules.issuer) return TokenCheck::kIssuer;
  if (!Names(claims, "aud", rules.audience)) return TokenCheck::kAudience;
  caller.tenant = TextOf(claims, rules.tenant_claim);
  if (!base::IsIdentity(caller.tenant, base::kMaxTenantSize)) return TokenCheck::kTenant;
  caller.actor = TextOf(claims, rules.actor_claim);
  if (!base::IsIdentity(caller.actor, base::kMaxActorSize)) return TokenCheck::kActor;
  caller.scopes = ScopesOf(claims);
  return std::nullopt;
}

}  // namespace crm::auth
