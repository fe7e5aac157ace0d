#include "common/event/reconcile.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/event/entry_format.h"
#include "common/event/sequencer.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"

namespace crm::event {
namespace {

constexpr pg::Statement kLockSequence = {"reconcile_lock", R"sql(
SELECT epoch, last_seq, last_ms, floor_seq FROM event_stream
WHERE stream = $1::smallint FOR UPDATE)sql"};

constexpr pg::Statement kTakeTail = {"reconcile_take_tail", R"sql(
WITH gone AS (
  DELETE FROM event_log WHERE stream = $1::smallint AND seq > $2::bigint RETURNING *)
SELECT event_id, tenant, aggregate, version, payload FROM gone ORDER BY seq)sql"};

constexpr pg::Statement kInsert = {"reconcile_insert", R"sql(
INSERT INTO event_log (stream, seq, ms, epoch, event_id, tenant, aggregate, version, payload)
SELECT unnest($1::smallint[]), unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::integer[]),
    unnest($5::uuid[]), unnest($6::text[]), unnest($7::uuid[]), unnest($8::bigint[]),
    unnest($9::bytea[]))sql"};

constexpr pg::Statement kAdvance = {"reconcile_advance", R"sql(
UPDATE event_stream SET epoch = $2::integer, last_seq = $3::bigint, last_ms = $4::bigint
WHERE stream = $1::smallint)sql"};

constexpr int kPage = 500;

// An entry of the stream behind the last one that the log has too.
struct Orphan {
  redis::StreamId id;
  int64_t epoch = 0;
  EventRecord record;
};

// The log's rows being put together again behind the last common entry.
struct Tail {
  int partition = 0;
  pg::Columns rows;
  int64_t last_sequence = 0;
  int64_t last_milliseconds = 0;

  void Add(int64_t milliseconds, int64_t epoch, const EventRecord& record) {
    ++last_sequence;
    last_milliseconds = std::max(last_milliseconds, milliseconds);
    rows.Add(partition, last_sequence, last_milliseconds, epoch, record.event_id, record.tenant,
             record.aggregate, record.version, pg::Bytes{record.payload});
  }

  // Under the ids that they have on the stream.
  void AddOrphans(const std::vector<Orphan>& orphans) {
    for (const Orphan& orphan : orphans) {
      last_sequence = orphan.id.seq - 1;
      Add(orphan.id.ms, orphan.epoch, orphan.record);
    }
  }
};

absl::Status Write(pg::Connection& database, pg::Transaction& transaction, const Tail& tail,
                   int64_t epoch) {
  CRM_RETURN_IF_ERROR(
      database.Execute(absl::StrCat("SELECT event_log_extend(", tail.last_sequence + 1, ")")));
  CRM_RETURN_IF_ERROR(transaction.Query(kInsert, tail.rows.ToParams()));
  return transaction
      .Query(kAdvance,
             pg::MakeParams(tail.partition, epoch, tail.last_sequence, tail.last_milliseconds))
      .status();
}

absl::StatusOr<bool> IsCommon(pg::Connection& database, int partition, const Orphan& entry) {
  CRM_ASSIGN_OR_RETURN(const auto row, Sequencer(&database, partition).ReadOne(entry.id.seq));
  return row.has_value() && row->entry_id() == entry.id && row->epoch == entry.epoch &&
         row->event_id == entry.record.event_id;
}

absl::StatusOr<Orphan> OrphanOf(const redis::StreamEntry& entry, const ReconcileOptions& options) {
  int64_t epoch = 0;
  if (!absl::SimpleAtoi(entry.fields.Field(kEpochField).view(), &epoch)) {
    return absl::FailedPreconditionError("an entry without its epoch");
  }
  absl::StatusOr<EventRecord> record = options.record_of(entry);
  if (!record.ok()) return absl::FailedPreconditionError(record.status().message());
  return Orphan{entry.id, epoch, *std::move(record)};
}

// Walks the stream backwards to the last entry that the log holds too; returns the entries behind
// it, oldest first, and leaves its id in `common` (0-0 if there is none).
absl::StatusOr<std::vector<Orphan>> FindOrphans(pg::Connection& database, redis::Connection& redis,
                                                const ReconcileOptions& options,
                                                redis::StreamId* common) {
  std::vector<Orphan> orphans;
  std::string end = "+";
  for (bool more = true; more;) {
    CRM_ASSIGN_OR_RETURN(const redis::Reply page, redis.Run({"XREVRANGE", options.stream, end, "-",
                                                             "COUNT", absl::StrCat(kPage)}));
    CRM_ASSIGN_OR_RETURN(const auto entries, redis::EntriesOf(page));
    for (const redis::StreamEntry& entry : entries) {
      CRM_ASSIGN_OR_RETURN(Orphan orphan, OrphanOf(entry, options));
      CRM_ASSIGN_OR_RETURN(const bool is_common, IsCommon(database, options.partition, orphan));
      if (is_common) {
        *common = entry.id;
        std::reverse(orphans.begin(), orphans.end());
        return orphans;
      }
      orphans.push_back(std::move(orphan));
      end = "(" + entry.id.ToString();
    }
    more = entries.size() == static_cast<size_t>(kPage);
  }
  std::reverse(orphans.begin(), orphans.end());
  if (!orphans.empty()) common->seq = orphans.front().id.seq - 1;
  return orphans;
}

}  // namespace

absl::StatusOr<Reconciliation> Reconcile(pg::Connection& database, redis::Connection& redis,
                                         const ReconcileOptions& options,
                                         const base::Clock& clock) {
  const absl::Time now = clock.Now();
  pg::Transaction transaction(database, pg::Tenants::All(),
                              base::Deadline::After(absl::Minutes(1)));
  CRM_ASSIGN_OR_RETURN(const pg::Rows locked,
                       transaction.Query(kLockSequence, pg::MakeParams(options.partition)));
  CRM_ASSIGN_OR_RETURN(const LogState state, LogStateOf(locked));
  CRM_ASSIGN_OR_RETURN(const redis::StreamInfo stream,
                       redis::ReadStreamInfo(redis, options.stream));

  Reconciliation done;
  redis::StreamId common;
  CRM_ASSIGN_OR_RETURN(const auto orphans, FindOrphans(database, redis, options, &common));
  if (orphans.empty() && stream.last_generated.seq <= state.last_sequence) return done;
  done.diverged = true;
  done.epoch = state.epoch + 1;
  done.first_orphan = common.seq + 1;
  done.last_orphan = stream.last_generated.seq;

  CRM_ASSIGN_OR_RETURN(const pg::Rows taken,
                       transaction.Query(kTakeTail, pg::MakeParams(options.partition, common.seq)));
  Tail tail;
  tail.partition = options.partition;
  tail.AddOrphans(orphans);
  tail.last_sequence = std::max({tail.last_sequence, common.seq, stream.last_generated.seq});
  tail.last_milliseconds = std::max({tail.last_milliseconds, stream.last_generated.ms,
                                     state.last_milliseconds, absl::ToUnixMillis(now)});
  tail.Add(0, done.epoch, options.marker(done, now));
  done.marker_sequence = tail.last_sequence;
  for (const pg::Row row : taken) {
    pg::RowReader read(row);
    tail.Add(0, done.epoch, {read.Uuid(0), read.Text(1), read.Uuid(2), read.Int(3), read.Bytes(4)});
    if (!read.ok()) return read.Damage("event_log");
    ++done.renumbered;
  }
  CRM_RETURN_IF_ERROR(Write(database, transaction, tail, done.epoch));
  CRM_RETURN_IF_ERROR(transaction.Commit());
  return done;
}

}  // namespace crm::event
