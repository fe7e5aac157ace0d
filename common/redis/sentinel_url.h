#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/redis/url_parts.h"

namespace crm::redis {

// A primary that Sentinels know by a name:
//   redis+sentinel://[[user]:password@]host[:port][,host[:port]…]/name[/db]
//       [?sentinel_username=…][&sentinel_password=…]
// The login before the hosts is that of Redis itself. The Sentinels' port is 26379 unless told.
struct SentinelUrl {
  std::vector<Place> sentinels;
  std::string primary;
  Login login;
  Login sentinel_login;
  int db = 0;

  static bool Is(absl::string_view url);

  // INVALID_ARGUMENT with all that is wrong, without repeating the text (it may hold a password).
  static absl::StatusOr<SentinelUrl> Parse(absl::string_view url);
};

// Whether `url` is well-formed, be it an Address, a SentinelUrl or a ClusterUrl; else
// INVALID_ARGUMENT with what is wrong.
absl::Status CheckUrl(absl::string_view url);

}  // namespace crm::redis
