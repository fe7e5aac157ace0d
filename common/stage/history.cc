#include "common/stage/history.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "common/base/status.h"
#include "common/base/tenant_key.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"

namespace crm::stage {
namespace {

// Gates travel as one text, joined by a character that no name holds. The corrections are found
// by their two keys; there are few.
#define CRM_HISTORY_SELECT                                                                   \
  "SELECT h.version, h.kind, h.event_id, h.from_stage, h.from_type, h.to_stage, h.to_type, " \
  "h.effective_time, h.recorded_time, h.actor, h.reason, h.note, h.overridden, "             \
  "array_to_string(h.gates, E'\\x1f'), h.request_id, h.amount_minor, h.currency, "           \
  "h.probability, h.forecast_category, h.change_kind, coalesce(h.from_pipeline, "            \
  "h.to_pipeline), h.to_pipeline, coalesce(h.from_stage_key, h.from_stage), "                \
  "coalesce(h.to_stage_key, h.to_stage), h.from_name, h.to_name, "                           \
  "array_to_string(h.gates_met, E'\\x1f'), h.amount_before_minor, h.currency_before, "       \
  "h.probability_before, h.forecast_category_before, h.close_date_before, h.close_date, "    \
  "h.time_in_previous, h.owner, s.version, c.corrects_version, c.stage, c.stage_type, "      \
  "c.stage_key, c.stage_name, c.probability, c.forecast_category, c.superseded_effective, "  \
  "c.enter_time_before, c.enter_time, h.tenant, h.aggregate FROM stage_history h "           \
  "LEFT JOIN stage_correction s ON s.tenant = h.tenant AND s.aggregate = h.aggregate AND "   \
  "s.corrects_version = h.version "                                                          \
  "LEFT JOIN stage_correction c ON c.tenant = h.tenant AND c.aggregate = h.aggregate AND "   \
  "c.version = h.version "

constexpr pg::Statement kSelectHistory = {
    "event_select_history", CRM_HISTORY_SELECT
    "WHERE h.tenant = $1::text AND h.aggregate = $2::uuid AND "
    "h.version > $3::bigint ORDER BY h.version LIMIT $4::bigint"};

// By the primary key, of all tenants or of one.
constexpr pg::Statement kSelectMoves = {
    "event_select_moves", CRM_HISTORY_SELECT
    "WHERE (h.tenant, h.aggregate, h.version) > ($1::text, $2::uuid, $3::bigint) "
    "ORDER BY h.tenant, h.aggregate, h.version LIMIT $4::bigint"};
constexpr pg::Statement kSelectMovesOfTenant = {
    "event_select_moves_of_tenant", CRM_HISTORY_SELECT
    "WHERE h.tenant = $1::text AND (h.aggregate, h.version) > ($2::uuid, "
    "$3::bigint) ORDER BY h.tenant, h.aggregate, h.version LIMIT $4::bigint"};

#undef CRM_HISTORY_SELECT

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

// Whom a thing concerns, as resource names.
struct Parties {
  std::string contact;
  std::string lead;
};
using PartiesByThing = absl::flat_hash_map<base::TenantKey, Parties>;

absl::StatusOr<PartiesByThing> ReadParties(pg::Pool& pool, const pg::Tenants& tenants,
                                           absl::Span<const StageRecord> records,
                                           const pg::Statement& statement,
                                           base::Deadline deadline) {
  PartiesByThing parties;
  pg::Columns things;
  for (const StageRecord& record : records) {
    if (parties.try_emplace({record.tenant, record.id}).second) {
      things.Add(record.tenant, record.id);
    }
  }
  if (things.empty()) return parties;
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool.Read(tenants, statement, things.ToParams(), deadline));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    Parties& of = parties[{read.Text(0), read.Uuid(1)}];
    of.contact = absl::StrCat("contacts/", read.Uuid(2).ToString());
    const auto lead = read.OptionalParsed(3, base::Uuid::Parse);
    if (lead) of.lead = absl::StrCat("leads/", lead->ToString());
    if (!read.ok()) return read.Damage("parties of a stage move");
  }
  return parties;
}

void SetNames(const Parties& parties, StageRecord& record) {
  const std::string id = record.id.ToString();
  record.contact = record.kind == "contact" ? absl::StrCat("contacts/", id) : parties.contact;
  record.lead = record.kind == "lead" ? absl::StrCat("leads/", id) : parties.lead;
  if (record.kind == "opportunity") record.opportunity = absl::StrCat("opportunities/", id);
  if (record.kind == "account") record.account = absl::StrCat("accounts/", id);
}

// Keys and pipelines are those of opportunities alone; the columns of others repeat their stages.
void SetPipelines(HistoryEntry& entry, StageRecord& record) {
  if (record.kind != "opportunity") return;
  record.from_pipeline = std::move(entry.from_pipeline);
  record.to_pipeline = std::move(entry.to_pipeline);
  record.from_stage_key = std::move(entry.from_stage_key);
  record.to_stage_key = std::move(entry.to_stage_key);
  record.from_name = std::move(entry.from_name);
  record.to_name = std::move(entry.to_name);
}

StageRecord MoveOf(std::string tenant, const base::Uuid& id, HistoryEntry entry) {
  StageRecord record;
  record.tenant = std::move(tenant);
  record.kind = std::move(entry.kind);
  record.id = id;
  record.version = entry.version;
  record.event_id = entry.event_id;
  record.from_stage = entry.from_stage;
  record.from_type = std::move(entry.from_type);
  record.to_stage = entry.to_stage;
  record.to_type = std::move(entry.to_type);
  SetPipelines(entry, record);
  record.change_kind = std::move(entry.change_kind);
  record.effective = entry.effective;
  record.recorded = entry.recorded;
  record.time_in_previous = entry.time_in_previous;
  record.actor = std::move(entry.actor);
  record.reason = std::move(entry.reason);
  record.overridden = entry.overridden;
  record.gates = std::move(entry.gates);
  record.met_gates = std::move(entry.met_gates);
  record.owner = std::move(entry.owner);
  record.amount_before = std::move(entry.amount_before);
  (record.kind == "account" ? record.win_amount : record.amount_after) = std::move(entry.amount);
  record.probability_before = entry.probability_before;
  record.probability_after = entry.probability;
  record.category_before = std::move(entry.category_before);
  record.category_after = std::move(entry.category);
  record.close_date_before = entry.close_date_before;
  record.close_date_after = entry.close_date;
  record.correction = std::move(entry.correction);
  // What moves a contact or an account is mostly an event, which is not kept.
  if (record.kind == "lead" || record.kind == "opportunity") record.causation_id = entry.request_id;
  record.request_id = std::move(entry.request_id);
  return record;
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

absl::StatusOr<std::vector<StageRecord>> ReadMoves(pg::Pool& pool, const pg::Tenants& tenants,
                                                   const std::string& tenant,
                                                   const MovePosition& after, int limit,
                                                   const pg::Statement* parties,
                                                   base::Deadline deadline) {
  const bool all = tenant.empty();
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      pool.Read(tenants, all ? kSelectMoves : kSelectMovesOfTenant,
                pg::MakeParams(all ? after.tenant : tenant, after.thing, after.version, limit),
                deadline));
  std::vector<StageRecord> records;
  records.reserve(static_cast<size_t>(rows.size()));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    std::string of = read.Text(46);
    const base::Uuid thing = read.Uuid(47);
    if (!read.ok()) return read.Damage("stage_history");
    CRM_ASSIGN_OR_RETURN(HistoryEntry entry, EntryOf(row, thing));
    records.push_back(MoveOf(std::move(of), thing, std::move(entry)));
  }
  PartiesByThing known;
  if (parties != nullptr) {
    CRM_ASSIGN_OR_RETURN(known, ReadParties(pool, tenants, records, *parties, deadline));
  }
  for (StageRecord& record : records) SetNames(known[{record.tenant, record.id}], record);
  return records;
}

}  // namespace crm::stage
