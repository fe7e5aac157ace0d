#include "common/event/event_log.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::event {
namespace {

// The stream's state beside the page, which may have no row. The two orders and the two ways are
// statements of their own, since each is planned by itself.
#define CRM_LOG_PAGE(name, condition, direction)                                               \
  pg::Statement {                                                                              \
    name,                                                                                      \
        "SELECT s.last_seq, s.floor_seq, l.seq, l.ms, l.epoch, l.event_id, l.payload, "        \
        "l.tenant, s.last_ms FROM event_stream s LEFT JOIN LATERAL ("                          \
        "SELECT seq, ms, epoch, event_id, payload, tenant FROM event_log WHERE stream = "      \
        "$4::smallint AND seq > $1::bigint AND seq < $2::bigint" condition                     \
        " ORDER BY seq " direction                                                             \
        " LIMIT $3::bigint) l ON true WHERE s.stream = $4::smallint ORDER BY l.seq " direction \
  }
constexpr pg::Statement kPages[2][2] = {
    {CRM_LOG_PAGE("event_page", "", "ASC"), CRM_LOG_PAGE("event_page_back", "", "DESC")},
    {CRM_LOG_PAGE("event_page_of", " AND aggregate = $5::uuid", "ASC"),
     CRM_LOG_PAGE("event_page_of_back", " AND aggregate = $5::uuid", "DESC")}};
#undef CRM_LOG_PAGE

constexpr pg::Statement kCountPartitions = {"event_partitions",
                                            "SELECT count(*) FROM event_stream"};

constexpr pg::Statement kLastSequences = {"event_last_sequences",
                                          "SELECT last_seq FROM event_stream ORDER BY stream"};

constexpr pg::Statement kPartitionOf = {"event_partition_of", R"sql(
SELECT stream FROM event_log WHERE aggregate = $1::uuid ORDER BY epoch DESC, ms DESC LIMIT 1)sql"};

absl::StatusOr<LogPage> PageOf(const pg::Rows& rows) {
  LogPage page;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    page.last_sequence = read.Int(0);
    page.last_milliseconds = read.Int(8);
    page.floor_sequence = page.last_sequence == 0 ? 0 : read.Int(1);
    if (!read.ok()) return read.Damage("event_stream");
    if (read.IsNull(2)) continue;
    CRM_ASSIGN_OR_RETURN(LogRow log_row, LogRowOf(row, 2));
    log_row.tenant = read.Text(7);
    if (!read.ok()) return read.Damage("event_log");
    page.rows.push_back(std::move(log_row));
  }
  return page;
}

}  // namespace

absl::StatusOr<LogRow> LogRowOf(const pg::Row& row, int column) {
  pg::RowReader read(row);
  return read.Checked(LogRow{read.Int(column), read.Int(column + 1), read.Int(column + 2),
                             read.Uuid(column + 3), read.Bytes(column + 4), ""},
                      "event_log");
}

absl::StatusOr<LogPage> ReadLog(pg::Pool& pool, const pg::Tenants& tenants, const LogQuery& query,
                                base::Deadline deadline) {
  const pg::Statement& statement = kPages[query.aggregate.has_value()][query.newest_first];
  const pg::Params params =
      query.aggregate.has_value()
          ? pg::MakeParams(query.after, query.before, query.limit, query.partition,
                           *query.aggregate)
          : pg::MakeParams(query.after, query.before, query.limit, query.partition);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool.Read(tenants, statement, params, deadline));
  return PageOf(rows);
}

absl::StatusOr<int64_t> SequenceBefore(pg::Pool& pool, int partition, absl::Time time,
                                       base::Deadline deadline) {
  const int64_t wanted = absl::ToUnixMillis(time);
  LogQuery query{.partition = partition, .limit = 1};
  CRM_ASSIGN_OR_RETURN(const LogPage first, ReadLog(pool, pg::Tenants::All(), query, deadline));
  int64_t low = std::max<int64_t>(first.floor_sequence, 1) - 1;
  int64_t high = first.last_sequence;
  // What is there up to `low` is older, and what is there behind `high` is not.
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    query.after = middle;
    CRM_ASSIGN_OR_RETURN(const LogPage page, ReadLog(pool, pg::Tenants::All(), query, deadline));
    if (!page.rows.empty() && page.rows[0].milliseconds < wanted) {
      low = page.rows[0].sequence;
    } else {
      high = middle;
    }
  }
  return low;
}

absl::StatusOr<int> CountPartitions(pg::Connection& connection, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, connection.Query(pg::Tenants::None(), kCountPartitions,
                                                             pg::Params(), deadline));
  pg::RowReader read(rows[0]);
  return read.Checked(static_cast<int>(read.Int(0)), "event_stream");
}

absl::StatusOr<std::vector<int64_t>> LastSequences(pg::Pool& pool, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(pg::Tenants::None(), kLastSequences, pg::Params(), deadline));
  std::vector<int64_t> sequences;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    sequences.push_back(read.Int(0));
    if (!read.ok()) return read.Damage("event_stream");
  }
  return sequences;
}

absl::StatusOr<std::optional<int>> PartitionOf(pg::Pool& pool, const pg::Tenants& tenants,
                                               const base::Uuid& aggregate,
                                               base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(tenants, kPartitionOf, pg::MakeParams(aggregate), deadline));
  if (rows.empty()) return std::nullopt;
  pg::RowReader read(rows[0]);
  return read.Checked(std::optional(static_cast<int>(read.Int(0))), "event_log");
}

}  // namespace crm::event
