#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/redis/url_parts.h"

namespace crm::redis {

// Where a Redis server is: "redis://[[user]:password@]host[:port][/db]". User and password are
// percent-encoded where needed; an IPv6 address is put in brackets: "redis://[::1]:6379/0".
struct Address {
  Place place;
  Login login;
  int db = 0;

  // INVALID_ARGUMENT with what is wrong, without repeating the text (it may hold a password).
  static absl::StatusOr<Address> Parse(absl::string_view url);
};

}  // namespace crm::redis
