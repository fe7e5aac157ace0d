#include "common/event/outbox.h"

#include "common/error/error.h"
#include "common/pg/params.h"

namespace crm::event {
namespace {

// Identity values are drawn in the order of the arrays.
constexpr pg::Statement kInsert = {"event_insert_outbox", R"sql(
INSERT INTO outbox_in (event_id, tenant, aggregate, version, payload)
SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::bigint[]),
    unnest($5::bytea[]))sql"};

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
