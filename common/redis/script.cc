#include "common/redis/script.h"

#include <openssl/evp.h>

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace crm::redis {
namespace {

std::string Sha1Of(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

}  // namespace

Script::Script(std::string source) : source_(std::move(source)), sha1_(Sha1Of(source_)) {}

absl::StatusOr<Reply> Script::Run(Connection& connection, absl::Span<const absl::string_view> keys,
                                  absl::Span<const absl::string_view> arguments) const {
  const std::string count = absl::StrCat(keys.size());
  std::vector<absl::string_view> words = {"EVALSHA", sha1_, count};
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  absl::StatusOr<Reply> reply = connection.Run(words);
  if (reply.ok() || ErrorPrefix(reply.status()) != "NOSCRIPT") return reply;
  words[0] = "EVAL";
  words[1] = source_;
  return connection.Run(words);
}

absl::Status Script::Load(Connection& connection) const {
  return connection.Run({"SCRIPT", "LOAD", source_}).status();
}

}  // namespace crm::redis
