#pragma once

#include <absl/strings/string_view.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

struct evp_md_ctx_st;  // OpenSSL's

namespace crm::base {

// Cryptographic hashes of OpenSSL, the same on every machine and in every build.
std::array<uint8_t, 20> Sha1(absl::string_view text);  // where a format asks for it, not for safety
std::array<uint8_t, 32> Sha256(absl::string_view text);

// SHA-256 of a text that comes in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  void Add(absl::string_view piece);
  // Of all pieces; then nothing may be added any more.
  std::array<uint8_t, 32> Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// The bytes of a digest.
template <size_t kSize>
absl::string_view AsText(const std::array<uint8_t, kSize>& digest) {
  return absl::string_view(reinterpret_cast<const char*>(digest.data()), kSize);
}

}  // namespace crm::base
