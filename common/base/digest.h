#pragma once

#include <absl/strings/string_view.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace crm::base {

// Cryptographic hashes of OpenSSL, the same on every machine and in every build.
std::array<uint8_t, 20> Sha1(absl::string_view text);  // where a format asks for it, not for safety
std::array<uint8_t, 32> Sha256(absl::string_view text);

// The bytes of a digest.
template <size_t kSize>
absl::string_view AsText(const std::array<uint8_t, kSize>& digest) {
  return absl::string_view(reinterpret_cast<const char*>(digest.data()), kSize);
}

}  // namespace crm::base
