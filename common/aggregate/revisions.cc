#include "common/aggregate/revisions.h"

#include <utility>

#include "common/aggregate/migrations/migrations.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::aggregate {
namespace {

constexpr pg::Statement kRecord{
    "revision_record",
    "INSERT INTO revision (tenant, id, revision, record_time, previous_time, actor, method, "
    "request_id, changes) SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), "
    "unnest($4::timestamptz[]), unnest($5::timestamptz[]), unnest($6::text[]), "
    "unnest($7::text[]), unnest($8::uuid[]), unnest($9::text[])"};

#define CRM_REVISION_SELECT                                                          \
  "SELECT revision, record_time, previous_time, actor, method, request_id, changes " \
  "FROM revision WHERE tenant = $1::text AND id = $2::uuid "

constexpr pg::Statement kAfter{"revision_after", CRM_REVISION_SELECT
                               "AND revision > $3::bigint ORDER BY revision LIMIT $4::int"};
constexpr pg::Statement kUntil{"revision_until", CRM_REVISION_SELECT
                               "AND revision <= $3::bigint ORDER BY revision DESC LIMIT $4::int"};

#undef CRM_REVISION_SELECT

absl::StatusOr<std::vector<Revision>> Read(pg::Pool& pool, const pg::Statement& statement,
                                           const base::TenantKey& key, absl::string_view name,
                                           int64_t from, int limit, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(pg::Tenants(key.tenant), statement,
                                 pg::MakeParams(key.tenant, key.id, from, limit), deadline));
  std::vector<Revision> revisions;
  revisions.reserve(static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    Revision revision;
    revision.revision = read.Int(0);
    revision.record_time = read.Time(1);
    revision.previous_time = read.OptionalTime(2);
    revision.author = {read.Text(3), read.Text(4)};
    revision.request_id = read.OptionalUuid(5);
    revision.changes = read.Text(6);
    if (!read.ok()) return read.Damage(name);
    revisions.push_back(std::move(revision));
  }
  return revisions;
}

void Add(const RevisionRow& row, pg::Columns& columns) {
  const Revision& it = row.revision;
  columns.Add(row.key.tenant, row.key.id, it.revision, it.record_time, it.previous_time,
              it.author.actor, it.author.method, it.request_id, it.changes);
}

}  // namespace

pg::MigrationSet Migrations() {
  const auto migrations = embedded::Migrations();
  return {"aggregate", {migrations.begin(), migrations.end()}};
}

absl::Status RecordRevisions(pg::Transaction& transaction,
                             absl::Span<const RevisionRow* const> rows) {
  pg::Columns columns;
  for (const RevisionRow* row : rows) Add(*row, columns);
  return transaction.Defer(kRecord, columns);
}

absl::Status RecordRevisions(pg::Transaction& transaction, absl::Span<const RevisionRow> rows) {
  pg::Columns columns;
  for (const RevisionRow& row : rows) Add(row, columns);
  return transaction.Defer(kRecord, columns);
}

absl::StatusOr<std::vector<Revision>> RevisionsAfter(pg::Pool& pool, const base::TenantKey& key,
                                                     absl::string_view name, int64_t after,
                                                     int limit, base::Deadline deadline) {
  return Read(pool, kAfter, key, name, after, limit, deadline);
}

absl::StatusOr<std::vector<Revision>> RevisionsUntil(pg::Pool& pool, const base::TenantKey& key,
                                                     absl::string_view name, int64_t until,
                                                     int limit, base::Deadline deadline) {
  return Read(pool, kUntil, key, name, until, limit, deadline);
}

}  // namespace crm::aggregate
