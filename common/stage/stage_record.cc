#include "common/stage/stage_record.h"

#include <utility>

#include "common/base/status.h"
#include "common/event/outbox.h"
#include "common/pg/params.h"
#include "common/stage/stage_event.h"

namespace crm::stage {
namespace {

constexpr pg::Statement kInsertHistory = {"event_insert_history", R"sql(
INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, from_type,
    to_stage, to_type, effective_time, recorded_time, actor, reason, note, overridden, gates,
    request_id, amount_minor, currency, probability, forecast_category)
SELECT unnest($1::text[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::text[]),
    unnest($5::uuid[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]),
    unnest($9::text[]), unnest($10::timestamptz[]), unnest($11::timestamptz[]), unnest($12::text[]),
    unnest($13::text[]), unnest($14::text[]), unnest($15::boolean[]), unnest($16::text[])::text[],
    unnest($17::text[]), unnest($18::bigint[]), unnest($19::text[]), unnest($20::smallint[]),
    unnest($21::text[]))sql"};

void AddHistory(const StageRecord& record, pg::Columns& history) {
  pg::Array gates;
  for (const std::string& gate : record.gates) gates.Add(gate);
  const auto& amount = record.amount_after ? record.amount_after : record.win_amount;
  history.Add(record.tenant, record.id, record.version, record.kind, record.event_id,
              record.from_stage, record.from_type, record.to_stage, record.to_type,
              record.effective, record.recorded, record.actor, record.reason, record.note,
              record.overridden, gates.Text(), record.request_id, pg::MinorOf(amount),
              pg::CurrencyOf(amount), record.probability_after, record.category_after);
}

}  // namespace

absl::Status RecordStages(pg::Transaction& transaction, absl::Span<const StageRecord> records) {
  if (records.empty()) return absl::OkStatus();
  pg::Columns history;
  std::vector<event::EventRecord> events;
  events.reserve(records.size());
  for (const StageRecord& record : records) {
    CRM_ASSIGN_OR_RETURN(const crm::event::v1::StageChanged change, ChangeOf(record));
    AddHistory(record, history);
    events.push_back(
        {record.event_id, record.tenant, record.id, record.version, change.SerializeAsString()});
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertHistory, history));
  return event::AddToOutbox(transaction, events);
}

}  // namespace crm::stage
