#include "common/base/digest.h"

#include <openssl/evp.h>

namespace crm::base {
namespace {

template <size_t kSize>
std::array<uint8_t, kSize> Digest(const EVP_MD* algorithm, absl::string_view text) {
  std::array<uint8_t, kSize> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, algorithm, nullptr);
  return digest;
}

// The algorithms are fetched once: EVP_sha1() and the like look their provider up at each use,
// which takes as long as the hash.
const EVP_MD* OfSha256() {
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kSha256;
}

}  // namespace

std::array<uint8_t, 20> Sha1(absl::string_view text) {
  static const EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return Digest<20>(kSha1, text);
}

std::array<uint8_t, 32> Sha256(absl::string_view text) { return Digest<32>(OfSha256(), text); }

void Sha256Stream::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex2(context_.get(), OfSha256(), nullptr);
}

void Sha256Stream::Add(absl::string_view piece) {
  EVP_DigestUpdate(context_.get(), piece.data(), piece.size());
}

std::array<uint8_t, 32> Sha256Stream::Finish() {
  std::array<uint8_t, 32> digest{};
  EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
  return digest;
}

}  // namespace crm::base
