#pragma once

#include <openssl/evp.h>

#include <functional>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// An identity provider for tests: keys, key sets and tokens, made by OpenSSL alone.
namespace crm::testing {

// A key pair with its kid. `kind` is "RS256" (2048 bits), "ES256" or "EdDSA"; one of the first kind
// signs PS256 too.
class SigningKey {
 public:
  SigningKey(const std::string& kind, std::string id, int rsa_bits = 2048);

  const std::string& id() const { return id_; }
  const std::string& algorithm() const { return algorithm_; }
  // The public key as a JWK, and as PEM.
  nlohmann::json Jwk() const;
  std::string Pem() const;
  // The signature of a JWS.
  std::string Sign(const std::string& algorithm, const std::string& input) const;

 private:
  const std::string algorithm_;
  const std::string id_;
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
};

// The text of a key set.
std::string Jwks(std::initializer_list<const SigningKey*> keys);

inline constexpr char kIssuer[] = "https://login.example.com/realms/crm";
inline constexpr char kAudience[] = "crm";

// Claims that are accepted from a minute before `now` till an hour after it.
nlohmann::json Claims(const std::string& tenant, const std::string& actor,
                      const std::string& scopes, absl::Time now);

// The token of `claims` under the key's own algorithm.
std::string Token(const SigningKey& key, const nlohmann::json& claims);
// One with any header, and a signature by any means.
std::string TokenOf(const nlohmann::json& header, const std::string& payload,
                    const std::function<std::string(const std::string& input)>& sign);
std::string HmacSha256(const std::string& secret, const std::string& input);

}  // namespace crm::testing
