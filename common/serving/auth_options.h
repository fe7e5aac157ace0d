#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/config/options.h"

namespace crm::serving {

// The flags that say who may call.
struct AuthOptions {
  std::string mode = "none";  // or "token"
  std::string jwks_file;
  std::string issuer;
  std::string audience;
  std::string tenant_claim = "crm_tenant";
  std::string actor_claim = "sub";
  std::vector<std::string> trusted_peers;  // SPIFFE IDs
  std::string reflection = "auto";         // or "on", "off"

  void AddTo(config::Options& options);

  bool Tokens() const { return mode == "token"; }
  bool Reflection() const { return reflection == "on" || (reflection == "auto" && !Tokens()); }
  // What is missing to serve.
  std::optional<std::string> Problem() const;
};

}  // namespace crm::serving
