#include "common/stage/history.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

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

absl::StatusOr<HistoryEntry> EntryOf(const pg::Row& row, const base::Uuid& id) {
  pg::RowReader read(row);
  HistoryEntry entry;
  entry.version = read.Int(0);
  entry.kind = read.Text(1);
  entry.event_id = read.Uuid(2);
  entry.from_stage = read.Text(3);
  entry.from_type = read.Text(4);
  entry.to_stage = read.Text(5);
  entry.to_type = read.Text(6);
  entry.effective = read.Time(7);
  entry.recorded = read.Time(8);
  entry.actor = read.Text(9);
  entry.reason = read.Text(10);
  entry.note = read.Text(11);
  entry.overridden = read.Bool(12);
  if (const std::string gates = read.TextOrEmpty(13); !gates.empty()) {
    entry.gates = absl::StrSplit(gates, '\x1f');
  }
  entry.request_id = read.Text(14);
  entry.amount = read.OptionalMoney(16, 15);
  if (const auto percent = read.OptionalInt(17)) entry.probability = static_cast<int>(*percent);
  entry.category = read.Text(18);
  if (!read.ok()) {
    return read.Damage(absl::StrCat("stage change ", entry.version, " of ", id.ToString()));
  }
  return entry;
}

}  // namespace

absl::StatusOr<std::vector<HistoryEntry>> ReadHistory(pg::Pool& pool, const std::string& tenant,
                                                      const base::Uuid& id, int64_t after_version,
                                                      int limit, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      pool.Read(kSelectHistory, pg::MakeParams(tenant, id, after_version, limit), deadline));
  std::vector<HistoryEntry> entries;
  entries.reserve(static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(HistoryEntry entry, EntryOf(row, id));
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace crm::stage
