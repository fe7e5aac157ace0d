#include "common/stage/history.h"

#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/pg/params.h"

namespace crm::stage {
namespace {

// Gates travel as one text, joined by a character that no name holds.
constexpr pg::Statement kSelectHistory = {"event_select_history", R"sql(
SELECT version, kind, event_id, from_stage, from_type, to_stage, to_type, effective_time,
    recorded_time, actor, reason, note, overridden, array_to_string(gates, E'\x1f'), request_id,
    amount_minor, currency, probability, forecast_category
FROM stage_history
WHERE tenant = $1::text AND aggregate = $2::uuid AND version > $3::bigint
ORDER BY version LIMIT $4::bigint)sql"};

HistoryEntry EntryOf(const pg::Row& row) {
  HistoryEntry entry;
  entry.version = row.Int(0);
  entry.kind = row.Text(1);
  entry.event_id = row.Uuid(2);
  entry.from_stage = row.Text(3);
  entry.from_type = row.Text(4);
  entry.to_stage = row.Text(5);
  entry.to_type = row.Text(6);
  entry.effective = row.Time(7);
  entry.recorded = row.Time(8);
  entry.actor = row.Text(9);
  entry.reason = row.Text(10);
  entry.note = row.Text(11);
  entry.overridden = row.Bool(12);
  if (!row.View(13).empty()) entry.gates = absl::StrSplit(row.View(13), '\x1f');
  entry.request_id = row.Text(14);
  if (!row.IsNull(15)) entry.amount = base::Money{row.Text(16), row.Int(15)};
  if (!row.IsNull(17)) entry.probability = static_cast<int>(row.Int(17));
  entry.category = row.Text(18);
  return entry;
}

}  // namespace

absl::StatusOr<std::vector<HistoryEntry>> ReadHistory(pg::Pool& pool, const std::string& tenant,
                                                      const base::Uuid& id, int64_t after_version,
                                                      int limit, absl::Time deadline) {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      pool.Read(kSelectHistory, pg::MakeParams(tenant, id, after_version, limit), deadline));
  std::vector<HistoryEntry> entries;
  entries.reserve(static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) entries.push_back(EntryOf(row));
  return entries;
}

}  // namespace crm::stage
