#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/aggregate/revision.h"
#include "common/base/steady_clock.h"
#include "common/base/tenant_key.h"
#include "common/pg/migrator.h"
#include "common/pg/pool.h"
#include "common/pg/transaction.h"
#include "common/stage/record_change.h"

// The table of revisions. Rows are only ever added: it grows with every write, for ever.
namespace crm::aggregate {

pg::MigrationSet Migrations();

// A revision and whose it is.
struct RevisionRow {
  base::TenantKey key;
  Revision revision = {};
  std::optional<stage::RecordChange> published = std::nullopt;  // of it, beside its moves
};

// Defers one insert for all. The things' rows must be locked or new in this transaction.
absl::Status RecordRevisions(pg::Transaction& transaction,
                             absl::Span<const RevisionRow* const> rows);
absl::Status RecordRevisions(pg::Transaction& transaction, absl::Span<const RevisionRow> rows);

// At most `limit` revisions of one thing: those beyond `after`, ascending; or those up to `until`,
// descending. None for a thing that does not exist. DATA_LOSS DATA_DAMAGED if one cannot be read
// (metadata resource: `name`). Blocks for one read.
absl::StatusOr<std::vector<Revision>> RevisionsAfter(pg::Pool& pool, const base::TenantKey& key,
                                                     absl::string_view name, int64_t after,
                                                     int limit, base::Deadline deadline);
absl::StatusOr<std::vector<Revision>> RevisionsUntil(pg::Pool& pool, const base::TenantKey& key,
                                                     absl::string_view name, int64_t until,
                                                     int limit, base::Deadline deadline);

}  // namespace crm::aggregate
