#include "common/event/event_log.h"

#include "common/base/status.h"
#include "common/pg/params.h"

namespace crm::event {
namespace {

constexpr pg::Statement kSelectPage = {"event_select_page", R"sql(
SELECT s.last_seq, s.floor_seq, l.seq, l.ms, l.epoch, l.event_id, l.payload
FROM event_stream s LEFT JOIN LATERAL (
  SELECT seq, ms, epoch, event_id, payload FROM event_log
  WHERE stream = 0 AND seq > $1::bigint ORDER BY seq LIMIT $2::bigint) l ON true
WHERE s.stream = 0 ORDER BY l.seq)sql"};

}  // namespace

LogRow LogRowOf(const pg::Row& row, int column) {
  return {row.Int(column), row.Int(column + 1), row.Int(column + 2), row.Uuid(column + 3),
          row.Bytes(column + 4)};
}

absl::StatusOr<LogPage> ReadLog(pg::Pool& pool, int64_t after_sequence, int limit,
                                base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(kSelectPage, pg::MakeParams(after_sequence, limit), deadline));
  LogPage page;
  for (const pg::Row row : rows) {
    page.last_sequence = row.Int(0);
    page.floor_sequence = page.last_sequence == 0 ? 0 : row.Int(1);
    if (!row.IsNull(2)) page.rows.push_back(LogRowOf(row, 2));
  }
  return page;
}

}  // namespace crm::event
