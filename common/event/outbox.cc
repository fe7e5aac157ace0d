#include "common/event/outbox.h"

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/event/envelope.h"
#include "common/pg/params.h"

namespace crm::event {
namespace {

constexpr pg::Statement kInsertHistory = {"event_insert_history", R"sql(
INSERT INTO stage_history (tenant, aggregate, version, kind, event_id, from_stage, from_type,
    to_stage, to_type, effective_time, recorded_time, actor, reason, note, overridden, gates,
    request_id, amount_minor, currency, probability, forecast_category)
SELECT t, a, v, k, e, fs, ft, ts, tt, et, rt, ac, re, n, o, g::text[], rq, am, cu, p, fc
FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::uuid[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[],
    $14::text[], $15::boolean[], $16::text[], $17::text[], $18::bigint[], $19::text[],
    $20::smallint[], $21::text[])
  AS r(t, a, v, k, e, fs, ft, ts, tt, et, rt, ac, re, n, o, g, rq, am, cu, p, fc))sql"};

// Identity values are drawn in the order of the arrays.
constexpr pg::Statement kInsertOutbox = {"event_insert_outbox", R"sql(
INSERT INTO outbox_in (event_id, tenant, aggregate, version, payload)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::bytea[]))sql"};

void AddHistory(const StageRecord& record, pg::Columns& history) {
  pg::Array gates;
  for (const std::string& gate : record.gates) gates.Add(gate);
  std::optional<int64_t> minor;
  std::optional<std::string> currency;
  if (const auto& amount = record.amount_after ? record.amount_after : record.win_amount) {
    minor = amount->minor;
    currency = amount->currency;
  }
  history.Add(record.tenant, record.id, record.version, record.kind, record.event_id,
              record.from_stage, record.from_type, record.to_stage, record.to_type,
              record.effective, record.recorded, record.actor, record.reason, record.note,
              record.overridden, gates.Text(), record.request_id, minor, currency,
              record.probability_after, record.category_after);
}

}  // namespace

absl::Status RecordStages(pg::Transaction& transaction, absl::Span<const StageRecord> records) {
  if (records.empty()) return absl::OkStatus();
  pg::Columns history;
  pg::Columns outbox;
  std::string payload;
  for (const StageRecord& record : records) {
    CRM_ASSIGN_OR_RETURN(const crm::event::v1::StageChanged change, ChangeOf(record));
    change.SerializeToString(&payload);
    if (payload.size() > kMaxPayloadBytes) return error::Internal("stage event exceeds 48 KiB");
    AddHistory(record, history);
    outbox.Add(record.event_id, record.tenant, record.id, record.version, pg::Bytes{payload});
  }
  pg::Params history_params;
  history.AddTo(history_params);
  CRM_RETURN_IF_ERROR(transaction.Defer(kInsertHistory, history_params));
  pg::Params outbox_params;
  outbox.AddTo(outbox_params);
  return transaction.Defer(kInsertOutbox, outbox_params);
}

}  // namespace crm::event
