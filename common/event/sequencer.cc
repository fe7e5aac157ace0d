#include "common/event/sequencer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/uuid.h"
#include "common/error/error.h"
#include "common/failpoint/failpoint.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"

namespace crm::event {
namespace {

constexpr pg::Statement kLook = {"relay_look", R"sql(
SELECT (SELECT id FROM outbox_in WHERE stream = $1::smallint AND id > $2::bigint ORDER BY id LIMIT 1), last_seq
FROM event_stream WHERE stream = $1::smallint)sql"};

constexpr pg::Statement kLockStream = {"relay_lock_stream", R"sql(
SELECT last_seq FROM event_stream WHERE stream = $1::smallint FOR UPDATE)sql"};

// Runs in a snapshot of its own, taken after the lock: it sees all that earlier holders did. The
// first of the rows also says what EmptiedOutbox asks for.
constexpr pg::Statement kMove = {"relay_move", R"sql(
WITH moved AS (
  DELETE FROM outbox_in
  WHERE id = ANY (ARRAY(SELECT id FROM outbox_in WHERE stream = $1::smallint AND id > $3::bigint
                        ORDER BY id LIMIT $2::bigint))
  RETURNING id, event_id, tenant, aggregate, version, payload
), counted AS (SELECT count(*) AS n, max(id) AS last_id FROM moved
), stream AS (
  UPDATE event_stream SET last_seq = last_seq + n,
      last_ms = greatest(last_ms, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
  FROM counted WHERE stream = $1::smallint AND n > 0
  RETURNING last_seq - n AS base, last_ms, epoch
)
INSERT INTO event_log (stream, seq, ms, epoch, event_id, tenant, aggregate, version, payload)
SELECT $1::smallint, s.base + row_number() OVER (ORDER BY m.id), s.last_ms, s.epoch, m.event_id, m.tenant,
    m.aggregate, m.version, m.payload
FROM moved m CROSS JOIN stream s ORDER BY m.id
RETURNING seq, ms, epoch, event_id, payload,
  CASE seq WHEN (SELECT base + 1 FROM stream) THEN (SELECT last_id FROM counted) END,
  CASE seq WHEN (SELECT base + 1 FROM stream) THEN pg_current_xact_id()::text::bigint END,
  CASE seq WHEN (SELECT base + 1 FROM stream) THEN pg_snapshot_xmin(pg_current_snapshot())::text::bigint END
)sql"};

constexpr pg::Statement kState = {"relay_state", R"sql(
SELECT epoch, last_seq, last_ms, floor_seq FROM event_stream WHERE stream = $1::smallint)sql"};

constexpr pg::Statement kReadAfter = {"relay_read_after", R"sql(
SELECT seq, ms, epoch, event_id, payload FROM event_log
WHERE stream = $1::smallint AND seq > $2::bigint ORDER BY seq LIMIT $3::bigint)sql"};

constexpr pg::Statement kReadOne = {"relay_read_one", R"sql(
SELECT seq, ms, epoch, event_id, payload FROM event_log
WHERE stream = $1::smallint AND seq = $2::bigint)sql"};

// By the ids at both ends, which rise by one but for writers that rolled back: counting the rows
// would cost most when there are many.
constexpr pg::Statement kBacklog = {"relay_backlog", R"sql(
SELECT coalesce(last.id - first.id + 1, 0), first.event_id, first.id
FROM (VALUES (0)) AS always (n)
LEFT JOIN (SELECT id, event_id FROM outbox_in
           WHERE stream = $1::smallint ORDER BY id LIMIT 1) AS first ON true
LEFT JOIN (SELECT id FROM outbox_in
           WHERE stream = $1::smallint ORDER BY id DESC LIMIT 1) AS last ON true)sql"};

constexpr pg::Statement kExtend = {"relay_extend", "SELECT event_log_extend($1::bigint)"};
constexpr pg::Statement kDrop = {"relay_drop",
                                 "SELECT event_log_drop($1::smallint, $2::bigint, $3::bigint)"};

// A relay waits for the stream's row less long than a paused one may hold it, and both less than
// its connection waits for an answer (pg::ConnectionOptions::round_trip_limit).
constexpr int kLockTimeout = 2;  // seconds
constexpr int kIdleTimeout = 3;
static_assert(kLockTimeout < kIdleTimeout);

absl::StatusOr<std::vector<LogRow>> LogRowsOf(const pg::Rows& rows) {
  std::vector<LogRow> log;
  log.reserve(static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(LogRow log_row, LogRowOf(row));
    log.push_back(std::move(log_row));
  }
  return log;
}

}  // namespace

absl::StatusOr<LogState> LogStateOf(const pg::Rows& rows) {
  if (rows.empty()) return error::Internal("event_stream has no row");
  pg::RowReader read(rows[0]);
  return read.Checked(LogState{read.Int(0), read.Int(1), read.Int(2), read.Int(3)}, "event_stream");
}

absl::Status Sequencer::PrepareSession(pg::Connection& connection) {
  // What is not on disk must not be published: after a crash its number would be given again.
  const char* const wait = CRM_FAILS_AT("publish_before_durable") ? "off" : "on";
  return connection
      .Execute(absl::StrCat(
          "SET synchronous_commit TO ", wait, "; SET lock_timeout TO '", kLockTimeout,
          "s'; SET idle_in_transaction_session_timeout TO '", kIdleTimeout,
          // Plans made while the outbox is empty must also suit a backlog of millions.
          "s'; SET enable_seqscan TO off; SET enable_bitmapscan TO off; SET enable_sort TO off"))
      .status();
}

absl::StatusOr<pg::Rows> Sequencer::Query(const pg::Statement& statement,
                                          const pg::Params& params) {
  return connection_->Query(pg::Tenants::All(), statement, params, deadline_);
}

absl::StatusOr<Sequencer::Waiting> Sequencer::Look() {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       Query(kLook, pg::MakeParams(partition_, emptied_.up_to())));
  if (rows.empty()) return error::Internal("event_stream has no row");
  pg::RowReader read(rows[0]);
  return read.Checked(Waiting{read.OptionalInt(0), read.Int(1)}, "event_stream");
}

absl::StatusOr<std::vector<LogRow>> Sequencer::Sequence(int limit) {
  pg::Transaction transaction(*connection_, pg::Tenants::All(), deadline_);
  CRM_RETURN_IF_ERROR(transaction.Defer(kLockStream, pg::MakeParams(partition_)));
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      transaction.Query(kMove, pg::MakeParams(partition_, limit, emptied_.up_to())));
  CRM_RETURN_IF_ERROR(transaction.Commit());
  CRM_RETURN_IF_ERROR(NoteMoved(rows));
  return LogRowsOf(rows);
}

absl::Status Sequencer::NoteMoved(const pg::Rows& rows) {
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const std::optional<int64_t> last_id = read.OptionalInt(5);
    const EmptiedOutbox::Move move{last_id.value_or(0), read.OptionalInt(6).value_or(0),
                                   read.OptionalInt(7).value_or(0)};
    if (!read.ok()) return read.Damage("event_log");
    if (last_id.has_value()) emptied_.Moved(move);
  }
  return absl::OkStatus();
}

absl::StatusOr<LogState> Sequencer::State() {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, Query(kState, pg::MakeParams(partition_)));
  return LogStateOf(rows);
}

absl::StatusOr<std::vector<LogRow>> Sequencer::ReadAfter(int64_t sequence, int limit) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       Query(kReadAfter, pg::MakeParams(partition_, sequence, limit)));
  return LogRowsOf(rows);
}

absl::StatusOr<std::optional<LogRow>> Sequencer::ReadOne(int64_t sequence) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, Query(kReadOne, pg::MakeParams(partition_, sequence)));
  if (rows.empty()) return std::nullopt;
  CRM_ASSIGN_OR_RETURN(LogRow row, LogRowOf(rows[0]));
  return std::optional(std::move(row));
}

absl::StatusOr<Sequencer::Backlog> Sequencer::MeasureBacklog() {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, Query(kBacklog, pg::MakeParams(partition_)));
  Backlog backlog;
  pg::RowReader read(rows[0]);
  backlog.rows = read.Int(0);
  const std::optional<base::Uuid> oldest = read.OptionalUuid(1);
  if (oldest.has_value() && oldest->Version() == 7) {
    backlog.oldest = absl::FromUnixMillis(static_cast<int64_t>(oldest->High() >> 16));
  }
  if (const std::optional<int64_t> first = read.OptionalInt(2)) emptied_.Found(*first);
  return read.Checked(backlog, "outbox_in");
}

absl::StatusOr<int64_t> Sequencer::ExtendLog(int64_t sequence) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, Query(kExtend, pg::MakeParams(sequence)));
  pg::RowReader read(rows[0]);
  return read.Checked(read.Int(0), "event_log");
}

absl::StatusOr<int64_t> Sequencer::DropOldLog(int64_t published, absl::Time horizon) {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      Query(kDrop, pg::MakeParams(partition_, published, absl::ToUnixMillis(horizon))));
  pg::RowReader read(rows[0]);
  return read.Checked(read.Int(0), "event_log");
}

}  // namespace crm::event
