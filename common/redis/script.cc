#include "common/redis/script.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/digest.h"

namespace crm::redis {
Script::Script(std::string source)
    : source_(std::move(source)),
      sha1_(absl::BytesToHexString(base::AsText(base::Sha1(source_)))) {}

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
