#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/redis/connection.h"
#include "common/redis/sentinel_url.h"

namespace crm::redis {

// Where the Sentinels say that the primary is: the first that knows decides. UNAVAILABLE if none
// does. Blocks for both timeouts of the options and each Sentinel at most.
absl::StatusOr<Place> FindPrimary(const SentinelUrl& url, const ConnectionOptions& options);

// Connects to the primary: asks the Sentinels in order and takes the first server named that says
// itself that it is a primary (ROLE; believed unasked where the user may not ask). UNAVAILABLE if
// there is none now, as during a failover; PERMISSION_DENIED if it refuses the login. Blocks for
// both timeouts and each Sentinel and server named at most.
absl::StatusOr<std::unique_ptr<Connection>> OpenPrimary(const SentinelUrl& url,
                                                        const ConnectionOptions& options);

}  // namespace crm::redis
