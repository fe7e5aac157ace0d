#include "services/opportunity/store/retirement_store.h"

#include <algorithm>

#include "common/base/status.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "services/opportunity/store/statements.h"

namespace crm::opportunity {

absl::StatusOr<std::optional<Retirement>> RetirementStore::Claim(absl::Duration lease,
                                                                 base::Deadline deadline) {
  std::optional<Retirement> claimed;
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(
      pool_, pg::Tenants::All(), deadline, [&](pg::Transaction& transaction) -> absl::Status {
        claimed.reset();
        CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                             transaction.Query(statements::kClaimRetirement,
                                               pg::MakeParams(absl::ToInt64Microseconds(lease))));
        if (rows.empty()) return absl::OkStatus();
        pg::RowReader read(rows[0]);
        Retirement& it = claimed.emplace();
        it.tenant = read.Text(0);
        it.pipeline = read.Text(1);
        it.stage = read.Text(2);
        it.actor = read.Text(3);
        it.retire_time = read.Time(4);
        it.pass_time = read.Time(5);
        it.cursor = read.OptionalUuid(6).value_or(base::Uuid());
        it.failed = read.Int(7);
        return read.ok() ? absl::OkStatus() : read.Damage("retired stage");
      }));
  return claimed;
}

absl::StatusOr<RetiredBatch> RetirementStore::Next(const Retirement& it, int limit, int window,
                                                   base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      pool_.Read(pg::Tenants(it.tenant), statements::kInRetiredStage,
                 pg::MakeParams(it.tenant, it.cursor, it.pipeline, it.stage, window, limit),
                 deadline));
  RetiredBatch batch;
  batch.cursor = it.cursor;
  batch.last = rows.empty();
  for (const pg::Row row : rows) {
    pg::RowReader read(row);
    const base::Uuid id = read.Uuid(0);
    const bool member = read.Bool(1);
    if (!read.ok()) return read.Damage("opportunity");
    if (member) batch.ids.push_back(id);
    batch.cursor = std::max(batch.cursor, id);
  }
  std::sort(batch.ids.begin(), batch.ids.end());
  // There may be more in the window.
  if (batch.ids.size() >= static_cast<size_t>(limit)) batch.cursor = batch.ids.back();
  return batch;
}

absl::Status RetirementStore::Advance(const Retirement& it, bool next_pass, absl::Duration delay,
                                      base::Deadline deadline) {
  std::optional<base::Uuid> cursor;
  if (!next_pass) cursor = it.cursor;
  return pg::RunInTransaction(
      pool_, pg::Tenants(it.tenant), deadline, [&](pg::Transaction& transaction) {
        return transaction.Defer(statements::kAdvanceRetirement,
                                 pg::MakeParams(it.tenant, it.pipeline, it.stage, it.retire_time,
                                                absl::ToInt64Microseconds(delay), cursor,
                                                next_pass ? 0 : it.failed, next_pass));
      });
}

absl::Status RetirementStore::Finish(const Retirement& it, base::Deadline deadline) {
  return pg::RunInTransaction(
      pool_, pg::Tenants(it.tenant), deadline, [&](pg::Transaction& transaction) {
        return transaction.Defer(statements::kFinishRetirement,
                                 pg::MakeParams(it.tenant, it.pipeline, it.stage, it.retire_time));
      });
}

absl::StatusOr<RetirementCount> RetirementStore::Count(base::Deadline deadline) {
  CRM_ASSIGN_OR_RETURN(
      const pg::Rows rows,
      pool_.Read(pg::Tenants::All(), statements::kCountRetirements, pg::Params(), deadline));
  pg::RowReader read(rows[0]);
  const RetirementCount count{read.Int(0), absl::Seconds(read.OptionalInt(1).value_or(0))};
  return read.Checked(count, "retired stages");
}

}  // namespace crm::opportunity
