#include "common/stage/history.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::stage {
namespace {

// Gates travel as one text, joined by a character that no name holds. The corrections are found
// by their two keys; there are few.
constexpr pg::Statement kSelectHistory = {"event_select_history", R"sql(
SELECT h.version, h.kind, h.event_id, h.from_stage, h.from_type, h.to_stage, h.to_type,
    h.effective_time, h.recorded_time, h.actor, h.reason, h.note, h.overridden,
    array_to_string(h.gates, E'\x1f'), h.request_id, h.amount_minor, h.currency, h.probability,
    h.forecast_category, h.change_kind, coalesce(h.from_pipeline, h.to_pipeline), h.to_pipeline,
    coalesce(h.from_stage_key, h.from_stage), coalesce(h.to_stage_key, h.to_stage), h.from_name,
    h.to_name, array_to_string(h.gates_met, E'\x1f'), h.amount_before_minor, h.currency_before,
    h.probability_before, h.forecast_category_before, h.close_date_before, h.close_date,
    h.time_in_previous, h.owner, s.version, c.corrects_version, c.stage, c.stage_type,
    c.stage_key, c.stage_name, c.probability, c.forecast_category, c.superseded_effective,
    c.enter_time_before, c.enter_time
FROM stage_history h
LEFT JOIN stage_correction s ON s.tenant = h.tenant AND s.aggregate = h.aggregate
    AND s.corrects_version = h.version
LEFT JOIN stage_correction c ON c.tenant = h.tenant AND c.aggregate = h.aggregate
    AND c.version = h.version
WHERE h.tenant = $1::text AND h.aggregate = $2::uuid AND h.version > $3::bigint
ORDER BY h.version LIMIT $4::bigint)sql"};

std::vector<std::string> GatesIn(const std::string& joined) {
  if (joined.empty()) return {};
  return absl::StrSplit(joined, '\x1f');
}

std::optional<int> OptionalPercent(pg::RowReader& read, int column) {
  const std::optional<int64_t> percent = read.OptionalInt(column);
  if (!percent) return std::nullopt;
  return static_cast<int>(*percent);
}

void ReadFacts(pg::RowReader& read, HistoryEntry& entry) {
  entry.change_kind = read.Text(19);
  if (!entry.from_stage.empty()) entry.from_pipeline = read.Text(20);
  entry.to_pipeline = read.Text(21);
  entry.from_stage_key = read.Text(22);
  entry.to_stage_key = read.Text(23);
  entry.from_name = read.Text(24);
  entry.to_name = read.Text(25);
  entry.met_gates = GatesIn(read.TextOrEmpty(26));
  entry.amount_before = read.OptionalMoney(28, 27);
  entry.probability_before = OptionalPercent(read, 29);
  entry.category_before = read.Text(30);
  entry.close_date_before = read.OptionalDay(31);
  entry.close_date = read.OptionalDay(32);
  if (const auto micros = read.OptionalInt(33))
    entry.time_in_previous = absl::Microseconds(*micros);
  entry.owner = read.Text(34);
  entry.superseded_by = read.OptionalInt(35);
}

std::optional<StageCorrection> ReadCorrection(pg::RowReader& read) {
  if (read.IsNull(36)) return std::nullopt;
  StageCorrection it;
  it.version = read.Int(36);
  it.stage = read.Text(37);
  it.type = read.Text(38);
  it.stage_key = read.Text(39);
  it.stage_name = read.Text(40);
  it.probability = OptionalPercent(read, 41);
  it.category = read.Text(42);
  it.superseded_effective = read.Time(43);
  it.enter_time_before = read.Time(44);
  it.enter_time = read.Time(45);
  return it;
}

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
  entry.gates = GatesIn(read.TextOrEmpty(13));
  entry.request_id = read.Text(14);
  entry.amount = read.OptionalMoney(16, 15);
  entry.probability = OptionalPercent(read, 17);
  entry.category = read.Text(18);
  ReadFacts(read, entry);
  entry.correction = ReadCorrection(read);
  if (!read.ok()) {
    return read.Damage(absl::StrCat("stage change ", entry.version, " of ", id.ToString()));
  }
  return entry;
}

}  // namespace

absl::StatusOr<std::vector<HistoryEntry>> ReadHistory(pg::Pool& pool, const std::string& tenant,
                                                      const base::Uuid& id, int64_t after_version,
                                                      int limit, base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(pg::Tenants(tenant), kSelectHistory,
                                 pg::MakeParams(tenant, id, after_version, limit), deadline));
  std::vector<HistoryEntry> entries;
  entries.reserve(static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(HistoryEntry entry, EntryOf(row, id));
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace crm::stage
