#include "services/lead/store/pg_conversion_store.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "services/lead/store/conversion_statements.h"

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
  if (!read.IsNull(4)) known.fault = read.Text(4);
  if (known.lead.has_value()) known.given_up = read.Bool(5);
  known.refused_since = read.OptionalTime(6);
  if (!read.IsNull(7)) {
    known.answered_hash = read.Bytes(7);
    known.answer = read.Bytes(8);
  }
  if (!read.ok()) return read.Damage(ConversionName(question.conversion));
  return known;
}

// One row of kTakeDueConversions.
absl::StatusOr<DueConversion> ReadDue(const pg::Row& row) {
  pg::RowReader read(row);
  DueConversion due{read.Text(0), read.Uuid(1), read.Uuid(2),
                    read.Int(3),  read.Bool(4), read.OptionalTime(5)};
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
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::TenantsOf(questions), kLookUpConversions,
                                                       columns.ToParams(), deadline));
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
  CRM_RETURN_IF_ERROR(
      pg::RunInTransaction(pool_, pg::Tenants::All(), deadline, [&](pg::Transaction& transaction) {
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
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants::All(), kCountPendingConversions,
                                                       pg::Params(), deadline));
  pg::RowReader read(rows[0]);
  return read.Checked(PendingConversions{read.Int(0), read.OptionalTime(1), read.Int(2)},
                      "conversions");
}

absl::StatusOr<int> PgConversionStore::Postpone(absl::Span<const Postponement> postponements,
                                                base::Deadline deadline) {
  if (postponements.empty()) return 0;
  pg::Columns columns;
  for (const Postponement& p : postponements) {
    columns.Add(p.tenant, p.conversion, p.time, p.next_attempt, p.error,
                p.opening == Opening::kFaulty, p.opening == Opening::kRefused);
  }
  pg::Params params = columns.ToParams();
  params.Add(absl::ToInt64Seconds(kMostFaultTime));
  int stuck = 0;
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(
      pool_, pg::TenantsOf(postponements), deadline, [&](pg::Transaction& transaction) {
        stuck = 0;
        CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kPostponeConversions, params));
        for (const pg::Row row : rows) {
          stuck += row.View(0) == NameOf(kConversionStateNames, ConversionState::kNeedsAttention);
        }
        return absl::OkStatus();
      }));
  return stuck;
}

absl::StatusOr<std::vector<StuckConversion>> PgConversionStore::ListStuck(int limit,
                                                                          base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants::All(), kListStuckConversions,
                                                       pg::MakeParams(limit), deadline));
  std::vector<StuckConversion> stuck;
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    StuckConversion item{read.Text(0), read.Uuid(1), read.Uuid(2), read.Uuid(3),
                         read.Int(4),  read.Text(5), read.Time(6), read.Time(7)};
    if (!read.ok()) return read.Damage(ConversionName(item.conversion));
    stuck.push_back(std::move(item));
  }
  return stuck;
}

absl::StatusOr<int> PgConversionStore::Resume(absl::Span<const base::Uuid> conversions,
                                              bool give_up, absl::Time now,
                                              base::Deadline deadline) {
  const pg::Params params =
      pg::MakeParams(std::vector<base::Uuid>(conversions.begin(), conversions.end()), give_up, now,
                     absl::ToInt64Seconds(kConversionLease));
  int resumed = 0;
  CRM_RETURN_IF_ERROR(
      pg::RunInTransaction(pool_, pg::Tenants::All(), deadline, [&](pg::Transaction& transaction) {
        CRM_ASSIGN_OR_RETURN(const pg::Rows rows, transaction.Query(kResumeConversions, params));
        resumed = rows.size();
        return absl::OkStatus();
      }));
  return resumed;
}

}  // namespace crm::lead
