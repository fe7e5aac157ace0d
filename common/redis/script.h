#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/redis/connection.h"

namespace crm::redis {

// A Lua script that runs on the server, known there by its SHA-1. Immutable, usable from any
// thread.
class Script {
 public:
  explicit Script(std::string source);

  // EVALSHA; where the server does not know the script yet, EVAL.
  absl::StatusOr<Reply> Run(Connection& connection, absl::Span<const absl::string_view> keys,
                            absl::Span<const absl::string_view> arguments) const;

  // Makes it known, for callers that pipeline EVALSHA themselves.
  absl::Status Load(Connection& connection) const;

  const std::string& sha1() const { return sha1_; }

 private:
  const std::string source_;
  const std::string sha1_;
};

}  // namespace crm::redis
