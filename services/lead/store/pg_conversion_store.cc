#include "services/lead/store/pg_conversion_store.h"

#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "services/lead/store/statements.h"

namespace crm::lead {

absl::StatusOr<std::vector<KnownConversion>> PgConversionStore::LookUp(
    absl::Span<const ConversionQuestion> questions, absl::Time deadline) {
  std::vector<KnownConversion> known(questions.size());
  if (questions.empty()) return known;
  pg::Columns columns;
  for (const ConversionQuestion& q : questions) columns.Add(q.tenant, q.request_id, q.conversion);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(kLookUpConversions, columns.ToParams(), deadline));
  for (const pg::Row row : rows) {
    KnownConversion& item = known[static_cast<size_t>(row.Int(0)) - 1];
    item.lead = row.OptionalUuid(1);
    if (item.lead.has_value()) item.conversion_hash = row.Bytes(2);
    if (!row.IsNull(3)) item.refusal = row.Text(3);
    if (row.IsNull(4)) continue;
    item.answered_hash = row.Bytes(4);
    item.answer = row.Bytes(5);
  }
  return known;
}

absl::StatusOr<std::vector<DueConversion>> PgConversionStore::TakeDue(absl::Time now,
                                                                      absl::Time lease_end,
                                                                      int limit,
                                                                      absl::Time deadline) {
  std::vector<DueConversion> due;
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(pool_, deadline, [&](pg::Transaction& transaction) {
    due.clear();
    CRM_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        transaction.Query(kTakeDueConversions, pg::MakeParams(now, lease_end, limit)));
    for (const pg::Row row : rows) {
      due.push_back({row.Text(0), row.Uuid(1), row.Uuid(2), row.Int(3)});
    }
    return absl::OkStatus();
  }));
  return due;
}

absl::StatusOr<PendingConversions> PgConversionStore::CountPending(absl::Time deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(kCountPendingConversions, pg::Params(), deadline));
  pg::RowReader read(rows[0]);
  const PendingConversions pending{read.Int(0), read.OptionalTime(1)};
  if (!read.ok()) return read.Damage("the conversions' times");
  return pending;
}

absl::Status PgConversionStore::Postpone(absl::Span<const Postponement> postponements,
                                         absl::Time deadline) {
  if (postponements.empty()) return absl::OkStatus();
  pg::Columns columns;
  for (const Postponement& p : postponements) {
    columns.Add(p.tenant, p.conversion, p.next_attempt, p.error);
  }
  return pg::RunInTransaction(pool_, deadline, [&](pg::Transaction& transaction) {
    return transaction.Defer(kPostponeConversions, columns);
  });
}

}  // namespace crm::lead
