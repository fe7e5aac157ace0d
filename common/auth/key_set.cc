#include "common/auth/key_set.h"

#include <rhonabwy.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace crm::auth {
namespace {

using Json = nlohmann::json;

// gRPC refuses metadata of more anyway.
constexpr size_t kMaxTokenSize = 8192;
// 2048 bits in base64url.
constexpr size_t kLeastModulus = 342;

// An accepted algorithm and what a key for it looks like: the only place that knows either.
struct Algorithm {
  const char* name;
  jwa_alg alg;
  const char* type;   // kty
  const char* curve;  // crv
  std::array<const char*, 2> numbers;
};

constexpr Algorithm kAlgorithms[] = {
    {"RS256", R_JWA_ALG_RS256, "RSA", nullptr, {"n", "e"}},
    {"PS256", R_JWA_ALG_PS256, "RSA", nullptr, {"n", "e"}},
    {"ES256", R_JWA_ALG_ES256, "EC", "P-256", {"x", "y"}},
    {"EdDSA", R_JWA_ALG_EDDSA, "OKP", "Ed25519", {"x", nullptr}},
};

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool IsBase64Url(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '_';
  });
}

// Freed by Rhonabwy.
using JwkPointer = std::unique_ptr<jwk_t, void (*)(jwk_t*)>;
using JwsPointer = std::unique_ptr<jws_t, void (*)(jws_t*)>;

JwkPointer NoKey() { return {nullptr, r_jwk_free}; }

bool Suits(const Json& key, const Algorithm& algorithm) {
  const std::string named = TextOf(key, "alg");
  if (!named.empty() && named != algorithm.name) return false;
  if (TextOf(key, "kty") != algorithm.type) return false;
  if (algorithm.curve != nullptr) return TextOf(key, "crv") == algorithm.curve;
  return TextOf(key, "n").size() >= kLeastModulus;
}

// The public members alone: none that Rhonabwy would follow, none that is secret.
std::string PublicPart(const Json& key, const Algorithm& algorithm) {
  Json part = {{"kty", algorithm.type}};
  if (algorithm.curve != nullptr) part["crv"] = algorithm.curve;
  for (const char* number : algorithm.numbers) {
    if (number == nullptr) continue;
    const std::string text = TextOf(key, number);
    if (!IsBase64Url(text)) return {};
    part[number] = text;
  }
  return part.dump();
}

JwkPointer Import(const std::string& text) {
  jwk_t* made = nullptr;
  if (text.empty() || r_jwk_init(&made) != RHN_OK) return NoKey();
  JwkPointer jwk(made, r_jwk_free);
  if (r_jwk_import_from_json_str(jwk.get(), text.c_str()) != RHN_OK) return NoKey();
  // Only then is it known that the numbers make a key.
  std::array<unsigned char, 8192> der;
  size_t size = der.size();
  const int exported =
      r_jwk_export_to_pem_der(jwk.get(), R_FORMAT_DER, der.data(), &size, R_FLAG_IGNORE_REMOTE);
  return exported == RHN_OK ? std::move(jwk) : NoKey();
}

// What a token's header says, where it says nothing that changes how the rest is read.
struct Header {
  const Algorithm* algorithm = nullptr;
  std::string key_id;
};

std::optional<TokenCheck> ReadHeader(absl::string_view encoded, Header& header) {
  std::string text;
  if (!absl::WebSafeBase64Unescape(encoded, &text)) return TokenCheck::kMalformed;
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return TokenCheck::kMalformed;
  // A payload that would have to be unpacked, and extensions that would have to be understood.
  if (json.contains("zip") || json.contains("crit") || json.contains("b64")) {
    return TokenCheck::kMalformed;
  }
  const std::string name = TextOf(json, "alg");
  for (const Algorithm& algorithm : kAlgorithms) {
    if (name == algorithm.name) header.algorithm = &algorithm;
  }
  if (header.algorithm == nullptr) return TokenCheck::kAlgorithm;
  header.key_id = TextOf(json, "kid");
  return std::nullopt;
}

std::optional<TokenCheck> CheckSignature(absl::string_view token, const Algorithm& algorithm,
                                         jwk_t* key, std::string& payload) {
  jws_t* made = nullptr;
  if (r_jws_init(&made) != RHN_OK) return TokenCheck::kMalformed;
  const JwsPointer jws(made, r_jws_free);
  if (r_jws_advanced_compact_parsen(jws.get(), token.data(), token.size(), R_PARSE_NONE,
                                    R_FLAG_IGNORE_REMOTE) != RHN_OK) {
    return TokenCheck::kMalformed;
  }
  // It read the header on its own; where the readings differ neither is believed.
  if (r_jws_get_alg(jws.get()) != algorithm.alg) return TokenCheck::kAlgorithm;
  if (r_jws_verify_signature(jws.get(), key, R_FLAG_IGNORE_REMOTE) != RHN_OK) {
    return TokenCheck::kSignature;
  }
  size_t size = 0;
  const unsigned char* const bytes = r_jws_get_payload(jws.get(), &size);
  payload.assign(reinterpret_cast<const char*>(bytes), size);
  return std::nullopt;
}

absl::Status Wrong(absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("the key set ", problem));
}

}  // namespace

struct KeySet::Key {
  JwkPointer jwk;
  std::vector<jwa_alg> algorithms;

  bool IsFor(jwa_alg wanted) const {
    return std::find(algorithms.begin(), algorithms.end(), wanted) != algorithms.end();
  }
};

KeySet::KeySet(Keys keys) : keys_(std::move(keys)) {}
KeySet::~KeySet() = default;

// nullptr if it is not for signatures that are accepted.
std::unique_ptr<const KeySet::Key> KeySet::ReadKey(const Json& json) {
  const std::string use = TextOf(json, "use");
  if (!use.empty() && use != "sig") return nullptr;
  std::vector<jwa_alg> algorithms;
  JwkPointer jwk = NoKey();
  for (const Algorithm& algorithm : kAlgorithms) {
    if (!Suits(json, algorithm)) continue;
    algorithms.push_back(algorithm.alg);
    if (jwk == nullptr) jwk = Import(PublicPart(json, algorithm));
  }
  if (jwk == nullptr) return nullptr;
  return std::make_unique<const Key>(Key{std::move(jwk), std::move(algorithms)});
}

absl::StatusOr<std::shared_ptr<const KeySet>> KeySet::Parse(absl::string_view jwks) {
  static const bool ready = r_global_init() == RHN_OK;
  if (!ready) return absl::InternalError("the library for tokens cannot be used");
  const Json json = Json::parse(jwks.begin(), jwks.end(), nullptr, false);
  if (!json.is_object() || !json.contains("keys") || !json["keys"].is_array()) {
    return Wrong("is not a JSON object with a list \"keys\"");
  }
  Keys keys;
  for (const Json& each : json["keys"]) {
    if (!each.is_object()) return Wrong("holds what is not a key");
    const std::string id = TextOf(each, "kid");
    std::unique_ptr<const Key> key = ReadKey(each);
    if (id.empty() || key == nullptr) continue;
    if (!keys.emplace(id, std::move(key)).second) return Wrong("has two keys with one kid");
  }
  if (keys.empty()) return Wrong("has no key with a kid for RS256, PS256, ES256 or EdDSA");
  return std::shared_ptr<const KeySet>(new KeySet(std::move(keys)));
}

std::vector<std::string> KeySet::Ids() const {
  std::vector<std::string> ids;
  for (const auto& [id, key] : keys_) ids.push_back(id);
  return ids;
}

std::optional<TokenCheck> KeySet::Verify(absl::string_view token, std::string& payload) const {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (token.size() > kMaxTokenSize || parts.size() < 2 || parts.size() > 3) {
    return TokenCheck::kMalformed;
  }
  Header header;
  if (const auto failed = ReadHeader(parts[0], header)) return failed;
  if (parts.size() != 3 || !std::all_of(parts.begin(), parts.end(), IsBase64Url)) {
    return TokenCheck::kMalformed;
  }
  const auto found = keys_.find(header.key_id);
  if (found == keys_.end() || !found->second->IsFor(header.algorithm->alg)) {
    return TokenCheck::kKey;
  }
  return CheckSignature(token, *header.algorithm, found->second->jwk.get(), payload);
}

}  // namespace crm::auth
