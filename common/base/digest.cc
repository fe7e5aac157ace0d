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

}  // namespace

// The algorithms are fetched once: EVP_sha1() and the like look their provider up at each use,
// which takes as long as the hash.
std::array<uint8_t, 20> Sha1(absl::string_view text) {
  static const EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return Digest<20>(kSha1, text);
}

std::array<uint8_t, 32> Sha256(absl::string_view text) {
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return Digest<32>(kSha256, text);
}

}  // namespace crm::base
