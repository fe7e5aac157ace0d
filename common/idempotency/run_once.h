#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/steady_clock.h"
#include "common/idempotency/request.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"

namespace crm::idempotency {

// The answer to a request, and whether it is that of an earlier call.
struct OnceAnswer {
  std::string bytes;
  bool replayed = false;
};

// Runs `make` in a transaction and records its answer with what it wrote; a request that was
// answered before gets that answer instead. Without a request it simply runs. `make` may run more
// than once, as in pg::RunInTransaction. For single writes that are no change of an aggregate.
// Errors: make's; INVALID_ARGUMENT REQUEST_ID_REUSED; DATA_LOSS DATA_DAMAGED; those of the
// database, COMMIT_IN_DOUBT with the metadata requestId. Blocks.
absl::StatusOr<OnceAnswer> RunOnce(
    pg::Pool& pool, const std::string& tenant, const std::optional<Request>& request,
    base::Deadline deadline,
    const std::function<absl::StatusOr<std::string>(pg::Transaction&)>& make);

}  // namespace crm::idempotency
