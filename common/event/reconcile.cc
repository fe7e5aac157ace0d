#include "common/event/reconcile.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/uuid.h"
#include "common/event/log_row.h"
#include "common/event/sequencer.h"
#include "common/pg/params.h"
#include "common/pg/transaction.h"
#include "common/stage/envelope.h"

namespace crm::event {
namespace {

using crm::event::v1::StageEvent;

constexpr pg::Statement kLock = {"reconcile_lock", R"sql(
SELECT epoch, last_seq, last_ms, floor_seq FROM event_stream WHERE stream = 0 FOR UPDATE)sql"};

constexpr pg::Statement kTakeTail = {"reconcile_take_tail", R"sql(
WITH gone AS (DELETE FROM event_log WHERE stream = 0 AND seq > $1::bigint RETURNING *)
SELECT seq, ms, epoch, payload FROM gone ORDER BY seq)sql"};

constexpr pg::Statement kInsert = {"reconcile_insert", R"sql(
INSERT INTO event_log (stream, seq, ms, epoch, event_id, tenant, aggregate, version, payload)
SELECT 0, unnest($1::bigint[]), unnest($2::bigint[]), unnest($3::integer[]), unnest($4::uuid[]),
    unnest($5::text[]), unnest($6::uuid[]), unnest($7::bigint[]), unnest($8::bytea[]))sql"};

constexpr pg::Statement kAdvance = {"reconcile_advance", R"sql(
UPDATE event_stream SET epoch = $1::integer, last_seq = $2::bigint, last_ms = $3::bigint
WHERE stream = 0)sql"};

constexpr int kPage = 500;

// The log's rows being put together again behind the last common entry.
struct Tail {
  pg::Columns rows;
  int64_t last_sequence = 0;
  int64_t last_milliseconds = 0;

  void Add(int64_t milliseconds, int64_t epoch, const crm::event::v1::StageChanged& change) {
    ++last_sequence;
    last_milliseconds = std::max(last_milliseconds, milliseconds);
    const absl::string_view subject = change.subject();
    const auto id = base::Uuid::Parse(subject.substr(subject.rfind('/') + 1));
    const auto event_id = base::Uuid::Parse(change.event_id());
    rows.Add(last_sequence, last_milliseconds, epoch, event_id.value_or(base::Uuid()),
             change.tenant(), id.value_or(base::Uuid()), change.version(),
             pg::Bytes{change.SerializeAsString()});
  }

  // Under the ids that they have on the stream.
  void AddOrphans(const std::vector<StageEvent>& orphans) {
    for (const StageEvent& orphan : orphans) {
      last_sequence = orphan.sequence() - 1;
      Add(redis::StreamId::Parse(orphan.entry_id())->ms, orphan.epoch(), orphan.change());
    }
  }
};

absl::Status Write(pg::Connection& database, pg::Transaction& transaction, const Tail& tail,
                   int64_t epoch) {
  CRM_RETURN_IF_ERROR(
      database.Execute(absl::StrCat("SELECT event_log_extend(", tail.last_sequence + 1, ")")));
  pg::Params params;
  tail.rows.AddTo(params);
  CRM_RETURN_IF_ERROR(transaction.Query(kInsert, params));
  return transaction
      .Query(kAdvance, pg::MakeParams(epoch, tail.last_sequence, tail.last_milliseconds))
      .status();
}

absl::StatusOr<bool> IsCommon(pg::Connection& database, const StageEvent& event,
                              const redis::StreamId& id) {
  CRM_ASSIGN_OR_RETURN(const auto row, Sequencer(&database).ReadOne(id.seq));
  if (!row.has_value() || row->entry_id() != id || row->epoch != event.epoch()) return false;
  CRM_ASSIGN_OR_RETURN(const StageEvent logged, EventOfRow(*row));
  return logged.change().event_id() == event.change().event_id();
}

// Walks the stream backwards to the last entry that the log holds too; returns the entries behind
// it, oldest first, and leaves its id in `common` (0-0 if there is none).
absl::StatusOr<std::vector<StageEvent>> FindOrphans(pg::Connection& database,
                                                    redis::Connection& redis, absl::string_view key,
                                                    redis::StreamId* common) {
  std::vector<StageEvent> orphans;
  std::string end = "+";
  for (bool more = true; more;) {
    CRM_ASSIGN_OR_RETURN(const redis::Reply page,
                         redis.Run({"XREVRANGE", key, end, "-", "COUNT", absl::StrCat(kPage)}));
    CRM_ASSIGN_OR_RETURN(const auto entries, redis::EntriesOf(page));
    for (const redis::StreamEntry& entry : entries) {
      absl::StatusOr<StageEvent> event = stage::EventOfEntry(entry);
      if (!event.ok()) return absl::FailedPreconditionError(event.status().message());
      CRM_ASSIGN_OR_RETURN(const bool is_common, IsCommon(database, *event, entry.id));
      if (is_common) {
        *common = entry.id;
        std::reverse(orphans.begin(), orphans.end());
        return orphans;
      }
      orphans.push_back(*std::move(event));
      end = "(" + entry.id.ToString();
    }
    more = entries.size() == static_cast<size_t>(kPage);
  }
  std::reverse(orphans.begin(), orphans.end());
  if (!orphans.empty()) common->seq = orphans.front().sequence() - 1;
  return orphans;
}

crm::event::v1::StageChanged Marker(absl::string_view service, absl::string_view actor,
                                    const Reconciliation& done, absl::Time now,
                                    base::IdGenerator& ids) {
  crm::event::v1::StageChanged marker;
  ids.New().AppendTo(marker.mutable_event_id());
  marker.set_type(absl::StrCat("crm.", service, ".stream.reconciled.v1"));
  marker.set_source(absl::StrCat("/crm/", service));
  marker.set_subject(stage::StreamKey(service, 0));
  marker.set_version(done.epoch);
  marker.set_from_stage(absl::StrCat(done.first_orphan));
  marker.set_to_stage(absl::StrCat(done.last_orphan));
  marker.set_actor(std::string(actor));
  marker.set_reason("RECONCILED");
  for (auto* time : {marker.mutable_effective_time(), marker.mutable_recorded_time()}) {
    time->set_seconds(absl::ToUnixSeconds(now));
  }
  return marker;
}

}  // namespace

absl::StatusOr<Reconciliation> Reconcile(pg::Connection& database, redis::Connection& redis,
                                         absl::string_view service, absl::string_view actor,
                                         const base::Clock& clock, base::IdGenerator& ids) {
  const std::string key = stage::StreamKey(service, 0);
  const absl::Time now = clock.Now();
  pg::Transaction transaction(database, absl::Now() + absl::Minutes(1));
  CRM_ASSIGN_OR_RETURN(const pg::Rows locked, transaction.Query(kLock, pg::Params()));
  const LogState state{locked[0].Int(0), locked[0].Int(1), locked[0].Int(2), locked[0].Int(3)};
  CRM_ASSIGN_OR_RETURN(const redis::StreamInfo stream, redis::ReadStreamInfo(redis, key));

  Reconciliation done;
  redis::StreamId common;
  CRM_ASSIGN_OR_RETURN(const auto orphans, FindOrphans(database, redis, key, &common));
  if (orphans.empty() && stream.last_generated.seq <= state.last_sequence) return done;
  done.diverged = true;
  done.epoch = state.epoch + 1;
  done.first_orphan = common.seq + 1;
  done.last_orphan = stream.last_generated.seq;

  CRM_ASSIGN_OR_RETURN(const pg::Rows taken,
                       transaction.Query(kTakeTail, pg::MakeParams(common.seq)));
  Tail tail;
  tail.AddOrphans(orphans);
  tail.last_sequence = std::max({tail.last_sequence, common.seq, stream.last_generated.seq});
  tail.last_milliseconds = std::max({tail.last_milliseconds, stream.last_generated.ms,
                                     state.last_milliseconds, absl::ToUnixMillis(now)});
  tail.Add(0, done.epoch, Marker(service, actor, done, now, ids));
  done.marker_sequence = tail.last_sequence;
  for (const pg::Row row : taken) {
    CRM_ASSIGN_OR_RETURN(const StageEvent event, EventOfRow(LogRowOf(row)));
    tail.Add(0, done.epoch, event.change());
    ++done.renumbered;
  }
  CRM_RETURN_IF_ERROR(Write(database, transaction, tail, done.epoch));
  CRM_RETURN_IF_ERROR(transaction.Commit());
  return done;
}

}  // namespace crm::event
