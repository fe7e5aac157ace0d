#include "common/event/event_log.h"

#include <utility>

#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::event {
namespace {

constexpr pg::Statement kSelectPage = {"event_select_page", R"sql(
SELECT s.last_seq, s.floor_seq, l.seq, l.ms, l.epoch, l.event_id, l.payload, l.tenant
FROM event_stream s LEFT JOIN LATERAL (
  SELECT seq, ms, epoch, event_id, payload, tenant FROM event_log
  WHERE stream = 0 AND seq > $1::bigint ORDER BY seq LIMIT $2::bigint) l ON true
WHERE s.stream = 0 ORDER BY l.seq)sql"};

}  // namespace

absl::StatusOr<LogRow> LogRowOf(const pg::Row& row, int column) {
  pg::RowReader read(row);
  return read.Checked(LogRow{read.Int(column), read.Int(column + 1), read.Int(column + 2),
                             read.Uuid(column + 3), read.Bytes(column + 4), ""},
                      "event_log");
}

absl::StatusOr<LogPage> ReadLog(pg::Pool& pool, int64_t after_sequence, int limit,
                                base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      pool.Read(pg::Tenants::All(), kSelectPage, pg::MakeParams(after_sequence, limit), deadline));
  LogPage page;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    page.last_sequence = read.Int(0);
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

}  // namespace crm::event
