#include "services/lead/store/pg_conversion_store.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "services/lead/store/statements.h"

namespace crm::lead {

namespace {

std::string ConversionName(const base::Uuid& id) {
  return absl::StrCat("conversions/", id.ToString());
}

// One row of kLookUpConversions, but for its number.
absl::StatusOr<KnownConversion> ReadKnown(pg::RowReader& read, const ConversionQuestion& question) {
  KnownConversion known;
  known.lead = read.OptionalUuid(1);
  if (known.lead.has_value()) known.conversion_hash = read.Bytes(2);
  if (!read.IsNull(3)) known.refusal = read.Text(3);
  if (!read.IsNull(4)) {
    known.answered_hash = read.Bytes(4);
    known.answer = read.Bytes(5);
  }
  if (!read.ok()) return read.Damage(ConversionName(question.conversion));
  return known;
}

// One row of kTakeDueConversions.
absl::StatusOr<DueConversion> ReadDue(const pg::Row& row) {
  pg::RowReader read(row);
  DueConversion due{read.Text(0), read.Uuid(1), read.Uuid(2), read.Int(3)};
  if (!read.ok()) return read.Damage(ConversionName(due.conversion));
  return due;
}

}  // namespace

absl::StatusOr<std::vector<absl::StatusOr<KnownConversion>>> PgConversionStore::LookUp(
    absl::Span<const ConversionQuestion> questions, base::Deadline deadline) {
  std::vector<absl::StatusOr<KnownConversion>> known(questions.size(), KnownConversion());
  if (questions.empty()) return known;
  pg::Columns columns;
  for (const ConversionQuestion& q : questions) columns.Add(q.tenant, q.request_id, q.conversion);
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(kLookUpConversions, columns.ToParams(), deadline));
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const size_t n = read.Index(0, questions.size());
    known[n] = ReadKnown(read, questions[n]);
  }
  return known;
}

absl::StatusOr<std::vector<absl::StatusOr<DueConversion>>> PgConversionStore::TakeDue(
    absl::Time now, absl::Time lease_end, int limit, base::Deadline deadline) {
  std::vector<absl::StatusOr<DueConversion>> due;
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(pool_, deadline, [&](pg::Transaction& transaction) {
    due.clear();
    CRM_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        transaction.Query(kTakeDueConversions, pg::MakeParams(now, lease_end, limit)));
    for (const pg::Row row : rows) due.push_back(ReadDue(row));
    return absl::OkStatus();
  }));
  return due;
}

absl::StatusOr<PendingConversions> PgConversionStore::CountPending(base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(kCountPendingConversions, pg::Params(), deadline));
  pg::RowReader read(rows[0]);
  return read.Checked(PendingConversions{read.Int(0), read.OptionalTime(1)}, "conversions");
}

absl::Status PgConversionStore::Postpone(absl::Span<const Postponement> postponements,
                                         base::Deadline deadline) {
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
