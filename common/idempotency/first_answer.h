#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "common/idempotency/request.h"
#include "common/pg/pool.h"

namespace crm::idempotency {

// The first answer to a request, nothing if it has none yet. INVALID_ARGUMENT REQUEST_ID_REUSED if
// the id was used for another request, DATA_LOSS DATA_DAMAGED if the answer cannot be read. For
// calls that fail before they reach the repository. Blocks.
absl::StatusOr<std::optional<std::string>> FirstAnswer(pg::Pool& pool, const std::string& tenant,
                                                       const Request& request,
                                                       base::Deadline deadline);

}  // namespace crm::idempotency
