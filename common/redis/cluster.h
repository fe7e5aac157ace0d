#pragma once

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/redis/cluster_url.h"
#include "common/redis/connection.h"

namespace crm::redis {

// Connects to the node that has `options.key` now, which the first node that answers names (MOVED).
// UNAVAILABLE if none answers, or if the one named does not, as during a failover;
// PERMISSION_DENIED if it refuses the login. Blocks for both timeouts and each node asked at most.
absl::StatusOr<std::unique_ptr<Connection>> OpenNode(const ClusterUrl& url,
                                                     const ConnectionOptions& options);

// The node that an error names which says that a key is elsewhere: "MOVED 3999 10.0.0.7:6381". One
// without a host means the host of the node that said so. nullopt if it is no such error.
std::optional<Place> MovedTo(absl::string_view error, absl::string_view asked_host);

}  // namespace crm::redis
