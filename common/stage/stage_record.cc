#include "common/stage/stage_record.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "common/base/status.h"
#include "common/base/tenant_key.h"
#include "common/event/outbox.h"
#include "common/pg/params.h"
#include "common/stage/stage_event.h"

namespace crm::stage {
namespace {

constexpr pg::Statement kInsertHistory = {"event_insert_history", R"sql(
INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, from_type,
    to_stage, to_type, effective_time, recorded_time, actor, reason, note, overridden, gates,
    request_id, amount_minor, currency, probability, forecast_category, change_kind,
    from_pipeline, to_pipeline, from_stage_key, to_stage_key, from_name, to_name, gates_met,
    amount_before_minor, currency_before, probability_before, forecast_category_before,
    close_date_before, close_date, time_in_previous, owner)
SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::text[]),
    unnest($5::uuid[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]),
    unnest($9::text[]), unnest($10::timestamptz[]), unnest($11::timestamptz[]), unnest($12::text[]),
    unnest($13::text[]), unnest($14::text[]), unnest($15::boolean[]), unnest($16::text[])::text[],
    unnest($17::text[]), unnest($18::bigint[]), unnest($19::text[]), unnest($20::smallint[]),
    unnest($21::text[]), unnest($22::text[]), unnest($23::text[]), unnest($24::text[]),
    unnest($25::text[]), unnest($26::text[]), unnest($27::text[]), unnest($28::text[]),
    unnest($29::text[])::text[], unnest($30::bigint[]), unnest($31::text[]),
    unnest($32::smallint[]), unnest($33::text[]), unnest($34::date[]), unnest($35::date[]),
    unnest($36::bigint[]), unnest($37::text[]))sql"};

constexpr pg::Statement kInsertCorrections = {"event_insert_corrections", R"sql(
INSERT INTO stage_correction (tenant, aggregate, version, corrects_version, stage, stage_type,
    stage_key, stage_name, probability, forecast_category, superseded_effective,
    enter_time_before, enter_time)
SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::bigint[]),
    unnest($5::text[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]),
    unnest($9::smallint[]), unnest($10::text[]), unnest($11::timestamptz[]),
    unnest($12::timestamptz[]), unnest($13::timestamptz[]))sql"};

std::string ArrayOf(const std::vector<std::string>& values) {
  if (values.empty()) return "{}";
  pg::Array array;
  for (const std::string& value : values) array.Add(value);
  return array.Text();
}

std::optional<int64_t> MicrosOf(const std::optional<absl::Duration>& duration) {
  if (!duration) return std::nullopt;
  return absl::ToInt64Microseconds(*duration);
}

// For a column that is NULL where it would repeat `other` or say nothing.
std::optional<absl::string_view> UnlessSame(const std::string& other, const std::string& value) {
  if (value.empty() || value == other) return std::nullopt;
  return absl::string_view(value);
}

void AddHistory(const StageRecord& record, pg::Columns& history) {
  const auto& amount = record.amount_after ? record.amount_after : record.win_amount;
  history.Add(record.tenant, record.id, record.version, record.kind, record.event_id,
              record.from_stage, record.from_type, record.to_stage, record.to_type,
              record.effective, record.recorded, record.actor, record.reason, record.note,
              record.overridden, ArrayOf(record.gates), record.request_id, pg::MinorOf(amount),
              pg::CurrencyOf(amount), record.probability_after, record.category_after,
              record.change_kind, UnlessSame(record.to_pipeline, record.from_pipeline),
              record.to_pipeline, UnlessSame(record.from_stage, record.from_stage_key),
              UnlessSame(record.to_stage, record.to_stage_key), record.from_name, record.to_name,
              ArrayOf(record.met_gates), pg::MinorOf(record.amount_before),
              pg::CurrencyOf(record.amount_before), record.probability_before,
              record.category_before, record.close_date_before, record.close_date_after,
              MicrosOf(record.time_in_previous), record.owner);
}

void AddCorrection(const StageRecord& record, pg::Columns& corrections) {
  const StageCorrection& it = *record.correction;
  corrections.Add(record.tenant, record.id, record.version, it.version, it.stage, it.type,
                  it.stage_key, it.stage_name, it.probability, it.category, it.superseded_effective,
                  it.enter_time_before, it.enter_time);
}

// The changes of each thing that have not been put among the events yet, the latest first, and
// those that moves tell.
class Waiting {
 public:
  explicit Waiting(absl::Span<const RecordChange> changes) {
    for (size_t i = changes.size(); i-- > 0;) {
      const RecordChange& change = changes[i];
      if (change.move) {
        beside_[*change.move] = &change;
      } else {
        waiting_[{change.tenant, change.id}].push_back(&change);
      }
    }
  }

  // Adds to a move's event what it tells beside the move.
  void AddTo(const base::Uuid& move, crm::event::v1::StageChanged& event) const {
    if (beside_.empty()) return;
    if (const auto found = beside_.find(move); found != beside_.end()) {
      TellBeside(*found->second, event);
    }
  }

  // Adds those that were made before the move.
  absl::Status AddBefore(const StageRecord& move, std::vector<event::EventRecord>& events) {
    if (waiting_.empty()) return absl::OkStatus();
    const auto found = waiting_.find({move.tenant, move.id});
    if (found == waiting_.end()) return absl::OkStatus();
    std::vector<const RecordChange*>& changes = found->second;
    for (; !changes.empty() && changes.back()->stage_version < move.version; changes.pop_back()) {
      CRM_RETURN_IF_ERROR(Add(*changes.back(), events));
    }
    return absl::OkStatus();
  }

  // Adds all that are left.
  absl::Status AddAll(std::vector<event::EventRecord>& events) {
    for (auto& [key, changes] : waiting_) {
      for (; !changes.empty(); changes.pop_back()) {
        CRM_RETURN_IF_ERROR(Add(*changes.back(), events));
      }
    }
    return absl::OkStatus();
  }

 private:
  static absl::Status Add(const RecordChange& change, std::vector<event::EventRecord>& events) {
    CRM_ASSIGN_OR_RETURN(const crm::event::v1::StageChanged event, ChangeOf(change));
    events.push_back({change.event_id, change.tenant, change.id, 0, event.SerializeAsString()});
    return absl::OkStatus();
  }

  absl::flat_hash_map<base::TenantKey, std::vector<const RecordChange*>> waiting_;
  absl::flat_hash_map<base::Uuid, const RecordChange*> beside_;
};

}  // namespace

absl::Status RecordStages(pg::Transaction& transaction, absl::Span<const StageRecord> records,
                          absl::Span<const RecordChange> changes) {
  pg::Columns history;
  pg::Columns corrections;
  std::vector<event::EventRecord> events;
  events.reserve(records.size() + changes.size());
  Waiting waiting(changes);
  for (const StageRecord& record : records) {
    CRM_RETURN_IF_ERROR(waiting.AddBefore(record, events));
    CRM_ASSIGN_OR_RETURN(crm::event::v1::StageChanged change, ChangeOf(record));
    waiting.AddTo(record.event_id, change);
    AddHistory(record, history);
    if (record.correction) AddCorrection(record, corrections);
    events.push_back(
        {record.event_id, record.tenant, record.id, record.version, change.SerializeAsString()});
  }
  CRM_RETURN_IF_ERROR(waiting.AddAll(events));
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertHistory, history));
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertCorrections, corrections));
  return event::AddToOutbox(transaction, events);
}

}  // namespace crm::stage
