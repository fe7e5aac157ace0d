#include "common/idempotency/ledger.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/error/refusals.h"
#include "common/idempotency/migrations/migrations.h"
#include "common/pg/row_reader.h"

namespace crm::idempotency {
namespace {

// Ordered by key, so that two batches with the same ids cannot wait for each other crosswise.
constexpr pg::Statement kRecord{
    "idempotency_record",
    "INSERT INTO idempotency (tenant, request_id, hash, answer) "
    "SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bytea[]), unnest($4::bytea[])"};

constexpr pg::Statement kLookup{
    "idempotency_lookup",
    "SELECT k.n, i.hash, i.answer "
    "FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS k(tenant, request_id, n) "
    "JOIN idempotency i USING (tenant, request_id)"};

// Two sweepers at once may pick the same rows; then the second deletes nothing.
constexpr pg::Statement kSweep{
    "idempotency_sweep",
    "WITH gone AS (DELETE FROM idempotency WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM idempotency WHERE create_time < $1::timestamptz LIMIT $2::int)) RETURNING 1) "
    "SELECT count(*) FROM gone"};

}  // namespace

pg::MigrationSet Migrations() {
  const auto migrations = embedded::Migrations();
  return {"idempotency", {migrations.begin(), migrations.end()}};
}

absl::Status Record(pg::Transaction& transaction, absl::Span<const Entry> entries) {
  if (entries.empty()) return absl::OkStatus();
  std::vector<const Entry*> ordered;
  ordered.reserve(entries.size());
  for (const Entry& entry : entries) ordered.push_back(&entry);
  std::sort(ordered.begin(), ordered.end(), [](const Entry* a, const Entry* b) {
    return std::tie(a->tenant, a->request->id) < std::tie(b->tenant, b->request->id);
  });
  pg::Columns rows;
  for (const Entry* entry : ordered) {
    rows.Add(entry->tenant, entry->request->id, pg::Bytes{entry->request->hash},
             pg::Bytes{entry->answer});
  }
  return transaction.Defer(kRecord, rows);
}

absl::StatusOr<std::vector<Found>> Lookup(pg::Transaction& transaction,
                                          absl::Span<const base::TenantKey> keys) {
  std::vector<Found> found(keys.size());
  if (keys.empty()) return found;
  pg::Columns columns;
  for (const base::TenantKey& key : keys) columns.Add(key.tenant, key.id);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kLookup, columns.ToParams()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const size_t n = read.Index(0, keys.size());
    if (read.IsNull(2)) {
      found[n] = error::AnswerErased(keys[n].id.ToString()).ToStatus();
      continue;
    }
    found[n] = read.Checked(StoredAnswer{read.Bytes(1), read.Bytes(2)},
                            absl::StrCat("requests/", keys[n].id.ToString()));
  }
  return found;
}

absl::StatusOr<std::string> Replay(const StoredAnswer& stored, const Request& request) {
  if (stored.hash == request.hash) return stored.bytes;
  return error::RequestIdReused(request.id.ToString());
}

absl::StatusOr<int64_t> Sweep(pg::Pool& pool, absl::Time now, absl::Duration retention, int limit) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(pg::Tenants::All(), kSweep, pg::MakeParams(now - retention, limit),
                                 absl::Now() + absl::Seconds(20)));
  pg::RowReader read(rows[0]);
  return read.Checked(read.Int(0), "idempotency");
}

}  // namespace crm::idempotency
