#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/redis/url_parts.h"

namespace crm::redis {

// A Redis Cluster, by some of its nodes:
//   redis+cluster://[[user]:password@]host[:port][,host[:port]…]
// The port is 6379 unless told. A cluster has database 0 alone.
struct ClusterUrl {
  std::vector<Place> nodes;
  Login login;

  static bool Is(absl::string_view url);

  // INVALID_ARGUMENT with all that is wrong, without repeating the text (it may hold a password).
  static absl::StatusOr<ClusterUrl> Parse(absl::string_view url);
};

}  // namespace crm::redis
