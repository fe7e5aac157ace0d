#include "common/event/event_log.h"

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/event/log_row.h"
#include "common/pg/params.h"

namespace crm::event {
namespace {

constexpr pg::Statement kSelectPage = {"event_select_page", R"sql(
SELECT s.last_seq, s.floor_seq, l.seq, l.ms, l.epoch, l.payload
FROM event_stream s LEFT JOIN LATERAL (
  SELECT seq, ms, epoch, payload FROM event_log
  WHERE stream = 0 AND seq > $1::bigint ORDER BY seq LIMIT $2::bigint) l ON true
WHERE s.stream = 0 ORDER BY l.seq)sql"};

}  // namespace

LogRow LogRowOf(const pg::Row& row, int column) {
  return {row.Int(column), row.Int(column + 1), row.Int(column + 2), row.Bytes(column + 3)};
}

absl::StatusOr<crm::event::v1::StageEvent> EventOfRow(const LogRow& row) {
  crm::event::v1::StageEvent event;
  if (!event.mutable_change()->ParseFromString(row.payload)) {
    return error::Internal("damaged payload in event_log");
  }
  event.set_sequence(row.sequence);
  event.set_epoch(row.epoch);
  event.set_entry_id(row.entry_id().ToString());
  return event;
}

absl::StatusOr<EventPage> ReadEvents(pg::Pool& pool, int64_t after_sequence, int limit,
                                     absl::Time deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(kSelectPage, pg::MakeParams(after_sequence, limit), deadline));
  EventPage page;
  for (const pg::Row row : rows) {
    page.last_sequence = row.Int(0);
    page.floor_sequence = page.last_sequence == 0 ? 0 : row.Int(1);
    if (row.IsNull(2)) continue;
    CRM_ASSIGN_OR_RETURN(auto event, EventOfRow(LogRowOf(row, 2)));
    page.events.push_back(std::move(event));
  }
  return page;
}

}  // namespace crm::event
