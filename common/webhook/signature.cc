#include "common/webhook/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace crm::webhook {
namespace {

std::string Hmac(absl::string_view key, absl::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), size));
}

}  // namespace

std::string NewSecret() {
  std::array<unsigned char, 32> bytes;
  // Nothing is signed with what might be guessed.
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) std::abort();
  return absl::StrCat(kSecretPrefix,
                      absl::WebSafeBase64Escape(absl::string_view(
                          reinterpret_cast<const char*>(bytes.data()), bytes.size())));
}

bool IsSecret(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, kSecretPrefix) || text.size() < 32 || text.size() > 128) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) ||
           absl::string_view("+/=-_").find(static_cast<char>(c)) != absl::string_view::npos;
  });
}

std::string Signature(absl::Span<const std::string> secrets, absl::Time time,
                      absl::string_view body) {
  const std::string seconds = absl::StrCat(absl::ToUnixSeconds(time));
  const std::string text = absl::StrCat(seconds, ".", body);
  std::string header = absl::StrCat("t=", seconds);
  for (const std::string& secret : secrets) absl::StrAppend(&header, ",v1=", Hmac(secret, text));
  return header;
}

}  // namespace crm::webhook
