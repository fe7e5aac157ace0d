// Tokens of callers, and what an identity provider says of its keys.

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/auth/claims.h"
#include "common/auth/key_set.h"
#include "common/base/identity.h"
#include "tests/fuzz/target.h"

namespace crm::fuzz {
namespace {

// Of three kinds; nobody has the private ones any more.
constexpr char kKeys[] = R"({"keys": [
 {"kty": "RSA", "kid": "rsa", "e": "AQAB", "n": "ozriYSVOnikDT_iWnwEKje4tz6Ie7dom8-RfZ1jlSsMAOdIesx704gwiJBgMZSVzm2N2uMo2dnTVDBSS3jT9-uaIzMytLsS1grFwWkd-4GAGMPTOdBYkaRp-Vnyu2_hYzWUIFbKbnv1bZAbcDOSNdOUTNwOQTAOB2fcasyxzMqqAU_AaRX5rbPoVr1XxQ39YMa5jTwaXHjVIzVvYZVe2QJuhUebSsApMCkoNmBAuVg5w7aaTKwHqfXsStAw_hgXzBlt3AEHkW6UySo0QYWl_Mtq2SAHuwKxsjpByyOFZbadwAhNQfxQLoTyBsmDAeBQZRAalfudpGT-ChmTVPJKpjQ"},
 {"kty": "EC", "crv": "P-256", "kid": "ec", "x": "HsWJvJmtj8qEkCz1TMr5FJ9EzUvfUowzf5c0lmcU2tU", "y": "rH5_-Wk3o16oTF8OAxG1U0rH65fKNPuqrdX6TDqPnoc"},
 {"kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": "qZuIC7LVMXx7UNZ6Wzw0cz3H-ElrLzs8L5hN6xBIDRk"}]})";

// What was signed by them while somebody had.
constexpr absl::string_view kSigned[] = {
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2NybS5sb2NhbGhvc3QiLCJhdWQiOiJ"
    "jcm0iLCJzdWIiOiJhZ2VudCIsImNybV90ZW5hbnQiOiJhY21lIiwic2NvcGUiOiJjcm0ubGVhZHMucmVhZCBjcm0"
    "ubGVhZHMud3JpdGUiLCJleHAiOjc3OTU3NTY3MDB9",
    "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0.eyJpc3MiOiJodHRwczovL2NybS5sb2NhbGhvc3QiLCJhdWQiOlsi"
    "Y3JtIl0sInN1YiI6Im1hcmEiLCJjcm1fdGVuYW50IjoiYWNtZSIsInNjcCI6WyJjcm0ubGVhZHMucmVhZCJdLCJl"
    "eHAiOjc3OTU3NTY3MDB9"};

const auth::KeySet& Keys() {
  static const auto* const keys =
      new std::shared_ptr<const auth::KeySet>(auth::KeySet::Parse(kKeys).value());
  return **keys;
}

}  // namespace

void Token(absl::string_view input) {
  std::string payload;
  if (Keys().Verify(input, payload).has_value()) return;
  const absl::string_view signed_part = input.substr(0, input.rfind('.'));
  Require(std::count(std::begin(kSigned), std::end(kSigned), signed_part) == 1,
          "nothing is accepted that nobody signed");
}

void Jwks(absl::string_view input) {
  const auto keys = auth::KeySet::Parse(input);
  if (!keys.ok()) {
    Require(keys.status().code() == absl::StatusCode::kInvalidArgument,
            "a bad key set is told as one");
    return;
  }
  const std::vector<std::string> ids = (*keys)->Ids();
  Require(!ids.empty() && std::is_sorted(ids.begin(), ids.end()) &&
              std::adjacent_find(ids.begin(), ids.end()) == ids.end(),
          "a key set has keys, each with a name of its own");
}

void ClaimsOfToken(absl::string_view input) {
  const absl::Time now = absl::FromUnixSeconds(1'795'757'000);
  const auth::ClaimRules rules{"https://crm.localhost", "crm"};
  auth::Caller caller;
  if (auth::ReadClaims(input, rules, now, caller).has_value()) return;
  Require(base::IsIdentity(caller.tenant, base::kMaxTenantSize) &&
              base::IsIdentity(caller.actor, base::kMaxActorSize),
          "who is let in has the name of a tenant and of an actor");
  Require(
      caller.expires + auth::kClockLeeway > now && caller.not_before <= now + auth::kClockLeeway,
      "who is let in has a token whose time it is");
  Require(std::is_sorted(caller.scopes.begin(), caller.scopes.end()), "scopes are sorted");
}

}  // namespace crm::fuzz
