#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/base/tenant_key.h"
#include "common/idempotency/request.h"
#include "common/pg/migrator.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"

namespace crm::idempotency {

// The constraint that a second use of a request id violates.
inline constexpr char kUniqueRequest[] = "idempotency_pkey";

// The ledger's own tables.
pg::MigrationSet Migrations();

// A row to be written: tenant, request and its serialized answer. Views must outlive the call.
struct Entry {
  absl::string_view tenant;
  const Request* request;
  absl::string_view answer;
};

// Defers one insert for all entries, to be committed with the business change. If another
// transaction was first with one of the ids, the transaction fails with a retryable unique
// violation of kUniqueRequest; the retry looks the answer up.
absl::Status Record(pg::Transaction& transaction, absl::Span<const Entry> entries);

// What the ledger holds for a request: nothing, an answer, FAILED_PRECONDITION ANSWER_ERASED, or
// DATA_LOSS DATA_DAMAGED (metadata resource: "requests/{uuid}") if that cannot be read.
using Found = std::optional<absl::StatusOr<StoredAnswer>>;

// What is found for each of `keys` (tenant and request id). One query.
absl::StatusOr<std::vector<Found>> Lookup(pg::Transaction& transaction,
                                          absl::Span<const base::TenantKey> keys);

// The stored answer if it belongs to the same request, else INVALID_ARGUMENT REQUEST_ID_REUSED.
absl::StatusOr<std::string> Replay(const StoredAnswer& stored, const Request& request);

// Deletes what is older than `retention`, at most `limit` rows. Returns how many. Blocks.
absl::StatusOr<int64_t> Sweep(pg::Pool& pool, absl::Time now, absl::Duration retention, int limit);

}  // namespace crm::idempotency
