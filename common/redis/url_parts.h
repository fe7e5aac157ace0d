#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// What the URLs of Redis servers and of Sentinels have in common. Errors are INVALID_ARGUMENT and
// never repeat the text, which may hold a password.
namespace crm::redis {

// Where a server listens; an IPv6 address without its brackets.
struct Place {
  std::string host;
  int port = 0;

  friend bool operator==(const Place&, const Place&) = default;
};

// "host", "host:port", "[IPv6]:port".
absl::StatusOr<Place> ParsePlace(absl::string_view text, int default_port);

struct Login {
  std::string user;  // empty: the default user
  std::string password;
};

// "user:password" or ":password", percent-encoded.
absl::StatusOr<Login> ParseLogin(absl::string_view text);

// The number of a database; 0 if there is none.
absl::StatusOr<int> ParseDb(absl::string_view text);

// nullopt if it is not percent-encoded.
std::optional<std::string> DecodePercent(absl::string_view text);

}  // namespace crm::redis
