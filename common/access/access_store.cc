#include "common/access/access_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/access/migrations/migrations.h"
#include "common/aggregate/listing.h"
#include "common/aggregate/read_rows.h"
#include "common/base/status.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"

namespace crm::access {
namespace {

constexpr pg::Statement kWrite{
    "access_write",
    "INSERT INTO access_log (tenant, access_time, id, actor, method, names) "
    "SELECT t, a, i, o, m, string_to_array(n, E'\\n') FROM unnest($1::text[], "
    "$2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[]) AS k(t, a, i, o, m, n) "
    "ON CONFLICT DO NOTHING"};

constexpr pg::Statement kWriteNames{
    "access_write_names",
    "INSERT INTO access_name (tenant, name, access_time, access) "
    "SELECT unnest($1::text[]), unnest($2::text[]), unnest($3::timestamptz[]), unnest($4::uuid[]) "
    "ON CONFLICT DO NOTHING"};

constexpr aggregate::ListedTable kTable{
    "SELECT tenant, id, access_time, actor, method, array_to_string(names, E'\\n') "
    "FROM access_log",
    nullptr};

// Two sweepers at once may pick the same rows; then the second deletes nothing.
#define CRM_SWEEP(table)                                                               \
  "WITH gone AS (DELETE FROM " table " WHERE ctid = ANY(ARRAY(SELECT ctid FROM " table \
  " WHERE access_time < $1::timestamptz LIMIT $2::int)) RETURNING 1) SELECT count(*) FROM gone"

constexpr pg::Statement kSweeps[] = {{"access_sweep", CRM_SWEEP("access_log")},
                                     {"access_sweep_names", CRM_SWEEP("access_name")}};

#undef CRM_SWEEP

constexpr listing::Field kFields[] = {
    {.name = "name",
     .column = "(tenant, access_time, id) IN (SELECT n.tenant, n.access_time, n.access "
               "FROM access_name n WHERE n.name = ?)"},
    listing::TextField("actor"),
    listing::TextField("method"),
    listing::TimeField("access_time"),
};

constexpr listing::OrderOf<Record> kOrders[] = {
    {{"access_time", "access_time", listing::OrderType::kTime, /*follows_clock=*/true},
     [](const Record& record) -> listing::OrderKey { return record.access_time; }}};

absl::StatusOr<Record> ReadRecord(const pg::Row& row) {
  pg::RowReader read(row);
  Record record;
  record.tenant = read.Text(0);
  record.id = read.Uuid(1);
  record.access_time = read.Time(2);
  record.actor = read.Text(3);
  record.method = read.Text(4);
  record.names = absl::StrSplit(read.Text(5), '\n', absl::SkipEmpty());
  return read.Checked(record, absl::StrCat("accesses/", record.id.ToString()));
}

}  // namespace

pg::MigrationSet Migrations() {
  const auto migrations = embedded::Migrations();
  return {"access", {migrations.begin(), migrations.end()}};
}

absl::Status Write(pg::Pool& pool, absl::Span<const Record> records, base::Deadline deadline) {
  pg::Columns rows;
  pg::Columns names;
  for (const Record& record : records) {
    rows.Add(record.tenant, record.access_time, record.id, record.actor, record.method,
             absl::StrJoin(record.names, "\n"));
    for (const std::string& name : record.names) {
      names.Add(record.tenant, name, record.access_time, record.id);
    }
  }
  return pg::RunInTransaction(pool, pg::TenantsOf(records), deadline,
                              [&](pg::Transaction& transaction) -> absl::Status {
                                CRM_RETURN_IF_ERROR(transaction.Defer(kWrite, rows));
                                return transaction.Defer(kWriteNames, names);
                              });
}

absl::Span<const listing::Field> Fields() { return kFields; }
absl::Span<const listing::OrderOf<Record>> Orders() { return kOrders; }

absl::StatusOr<std::vector<Record>> List(pg::Pool& pool, const listing::Query& query,
                                         base::Deadline deadline) {
  return aggregate::ReadPage<Record>(aggregate::List(pool, kTable, query, deadline), ReadRecord);
}

absl::StatusOr<int64_t> Sweep(pg::Pool& pool, absl::Time now, absl::Duration retention, int limit) {
  int64_t most = 0;
  for (const pg::Statement& sweep : kSweeps) {
    CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool.Read(pg::Tenants::All(), sweep,
                                                        pg::MakeParams(now - retention, limit),
                                                        base::Deadline::After(absl::Seconds(20))));
    pg::RowReader read(rows[0]);
    CRM_ASSIGN_OR_RETURN(const int64_t swept, read.Checked(read.Int(0), "access_log"));
    most = std::max(most, swept);
  }
  return most;
}

}  // namespace crm::access
