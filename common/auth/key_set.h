#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/auth/token.h"

namespace crm::auth {

// The public keys of an identity provider: a JWKS (RFC 7517) of which the keys for RS256, PS256,
// ES256 and EdDSA signatures are taken, those of RSA from 2048 bits. A key is for the algorithm
// that it names, or for those of its kind; never for one that a token names alone. What else the
// set holds is ignored: keys for encryption, symmetric keys, private members. Nothing is ever
// fetched. Immutable.
class KeySet {
 public:
  // INVALID_ARGUMENT when the text is no JWKS, two keys have one kid, or no key is left.
  static absl::StatusOr<std::shared_ptr<const KeySet>> Parse(absl::string_view jwks);
  ~KeySet();

  // The kid of each, sorted.
  std::vector<std::string> Ids() const;

  // Checks form, algorithm, key and signature of a JWT in compact form, and gives its payload. At
  // most one signature is computed. Thread-safe.
  std::optional<TokenCheck> Verify(absl::string_view token, std::string& payload) const;

 private:
  struct Key;
  using Keys = std::map<std::string, std::unique_ptr<const Key>, std::less<>>;

  explicit KeySet(Keys keys);
  static std::unique_ptr<const Key> ReadKey(const nlohmann::json& json);

  const Keys keys_;  // by kid
};

}  // namespace crm::auth
