#include "tests/support/token_issuer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/support/server_folder.h"

namespace crm::testing {
namespace {

constexpr int kCoordinate = 32;  // bytes of P-256

std::string Base64(const std::string& bytes) { return absl::WebSafeBase64Escape(bytes); }

EVP_PKEY* Generate(const std::string& kind, int rsa_bits) {
  if (kind == "RS256") return EVP_RSA_gen(static_cast<unsigned>(rsa_bits));
  if (kind == "ES256") return EVP_EC_gen("P-256");
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
}

// A number of the key, big-endian, at least `size` bytes.
std::string NumberOf(EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &number) != 1) Abort(name);
  std::string bytes(static_cast<size_t>(std::max(size, BN_num_bytes(number))), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
               static_cast<int>(bytes.size()));
  BN_free(number);
  return bytes;
}

std::string RawPublic(EVP_PKEY* key) {
  std::string bytes(32, '\0');
  size_t size = bytes.size();
  EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size);
  return bytes;
}

// r and s side by side, instead of OpenSSL's DER.
std::string Flat(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* const signature = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
  std::string flat(2 * kCoordinate, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(flat.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, kCoordinate);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + kCoordinate, kCoordinate);
  ECDSA_SIG_free(signature);
  return flat;
}

}  // namespace

SigningKey::SigningKey(const std::string& kind, std::string id, int rsa_bits)
    : algorithm_(kind), id_(std::move(id)), key_(Generate(kind, rsa_bits), EVP_PKEY_free) {
  if (key_ == nullptr) Abort("cannot make a key for " + kind);
}

nlohmann::json SigningKey::Jwk() const {
  nlohmann::json jwk = {{"kid", id_}, {"use", "sig"}};
  if (algorithm_ == "RS256") {
    jwk.update({{"kty", "RSA"},
                {"n", Base64(NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_N))},
                {"e", Base64(NumberOf(key_.get(), OSSL_PKEY_PARAM_RSA_E))}});
  } else if (algorithm_ == "ES256") {
    jwk.update({{"kty", "EC"},
                {"crv", "P-256"},
                {"x", Base64(NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, kCoordinate))},
                {"y", Base64(NumberOf(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, kCoordinate))}});
  } else {
    jwk.update({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", Base64(RawPublic(key_.get()))}});
  }
  return jwk;
}

std::string SigningKey::Pem() const {
  BIO* const memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(memory, key_.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string pem(text, static_cast<size_t>(size));
  BIO_free(memory);
  return pem;
}

std::string SigningKey::Sign(const std::string& algorithm, const std::string& input) const {
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  const EVP_MD* const digest = algorithm == "EdDSA" ? nullptr : EVP_sha256();
  if (EVP_DigestSignInit(context, &options, digest, nullptr, key_.get()) != 1) Abort("sign");
  if (algorithm == "PS256") {
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
  }
  std::string signature(1024, '\0');
  size_t size = signature.size();
  if (EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(input.data()), input.size()) != 1) {
    Abort("sign");
  }
  EVP_MD_CTX_free(context);
  signature.resize(size);
  return algorithm == "ES256" ? Flat(signature) : signature;
}

std::string Jwks(std::initializer_list<const SigningKey*> keys) {
  nlohmann::json set = {{"keys", nlohmann::json::array()}};
  for (const SigningKey* key : keys) set["keys"].push_back(key->Jwk());
  return set.dump();
}

nlohmann::json Claims(const std::string& tenant, const std::string& actor,
                      const std::string& scopes, absl::Time now) {
  return {{"iss", kIssuer},
          {"aud", kAudience},
          {"crm_tenant", tenant},
          {"sub", actor},
          {"scope", scopes},
          {"nbf", absl::ToUnixSeconds(now) - 60},
          {"exp", absl::ToUnixSeconds(now) + 3600}};
}

std::string Token(const SigningKey& key, const nlohmann::json& claims) {
  return TokenOf({{"alg", key.algorithm()}, {"kid", key.id()}, {"typ", "JWT"}}, claims.dump(),
                 [&](const std::string& input) { return key.Sign(key.algorithm(), input); });
}

std::string TokenOf(const nlohmann::json& header, const std::string& payload,
                    const std::function<std::string(const std::string& input)>& sign) {
  const std::string input = absl::StrCat(Base64(header.dump()), ".", Base64(payload));
  return absl::StrCat(input, ".", Base64(sign(input)));
}

std::string HmacSha256(const std::string& secret, const std::string& input) {
  std::string mac(32, '\0');
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(input.data()), input.size(),
       reinterpret_cast<unsigned char*>(mac.data()), &size);
  return mac;
}

}  // namespace crm::testing
