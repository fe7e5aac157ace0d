#include "common/event/outbox.h"

#include "common/error/error.h"
#include "common/pg/params.h"

namespace crm::event {
namespace {

// Identity values are drawn in the order of the arrays.
constexpr pg::Statement kInsert = {"event_insert_outbox", R"sql(
INSERT INTO outbox_in (stream, event_id, tenant, aggregate, version, payload)
SELECT partition_of(r.tenant, r.aggregate), r.event_id, r.tenant, r.aggregate, r.version, r.payload
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::bytea[])
    AS r (event_id, tenant, aggregate, version, payload))sql"};

}  // namespace

absl::Status AddToOutbox(pg::Transaction& transaction, absl::Span<const EventRecord> records) {
  if (records.empty()) return absl::OkStatus();
  pg::Columns rows;
  for (const EventRecord& record : records) {
    if (record.payload.size() > kMaxPayloadBytes) return error::Internal("event exceeds 48 KiB");
    rows.Add(record.event_id, record.tenant, record.aggregate, record.version,
             pg::Bytes{record.payload});
  }
  return transaction.Defer(kInsert, rows);
}

}  // namespace crm::event
