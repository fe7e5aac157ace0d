#include "services/lead/store/model_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/idempotency/run_once.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "services/lead/store/model_json.h"
#include "services/lead/store/prediction_statements.h"

namespace crm::lead {
namespace {

std::string ModelName(int64_t revision) {
  return absl::StrCat("predictionModel/revisions/", revision);
}

// The columns of CRM_MODEL_COLUMNS, and the factors where they were asked for.
absl::StatusOr<ModelRevision> ReadModel(const pg::Row& row, bool with_factors) {
  pg::RowReader read(row);
  ModelRevision found{read.Int(0), read.Time(1), read.Text(2), {}};
  found.model.converted = read.Int(3);
  found.model.other = read.Int(4);
  if (with_factors) found.model.factors = read.Parsed(5, FactorsFromJson);
  return read.Checked(std::move(found), ModelName(found.revision));
}

// The revision that predicts from now on: the current one if nothing else was learned.
absl::StatusOr<ModelRevision> AddRevision(pg::Transaction& transaction,
                                          const LearnedModel& learned) {
  CRM_RETURN_IF_ERROR(transaction.Query(kLockModel, pg::MakeParams(learned.tenant)).status());
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       transaction.Query(kFindModel, pg::MakeParams(learned.tenant, 0)));
  ModelRevision next{1, absl::FromUnixMicros(absl::ToUnixMicros(learned.now)), learned.actor,
                     learned.model};
  if (!rows.empty()) {
    CRM_ASSIGN_OR_RETURN(ModelRevision current, ReadModel(rows[0], /*with_factors=*/true));
    if (current.model == learned.model) return current;
    next.revision = current.revision + 1;
    next.record_time = std::max(next.record_time, current.record_time + absl::Microseconds(1));
  }
  CRM_RETURN_IF_ERROR(transaction.Defer(
      kInsertModel,
      pg::MakeParams(learned.tenant, next.revision, next.record_time, next.actor,
                     next.model.converted, next.model.other, FactorsToJson(next.model.factors))));
  return next;
}

}  // namespace

absl::StatusOr<ModelRevision> ModelStore::Find(const std::string& tenant, int64_t revision,
                                               base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants(tenant), kFindModel,
                                                       pg::MakeParams(tenant, revision), deadline));
  if (!rows.empty()) return ReadModel(rows[0], /*with_factors=*/true);
  if (revision != 0) return error::NotFound(ModelName(revision));
  return error::Error(absl::StatusCode::kFailedPrecondition, "MODEL_MISSING",
                      "No prediction model has been learned yet: TrainModel learns one, or says "
                      "what is missing.");
}

absl::StatusOr<std::vector<ModelRevision>> ModelStore::List(const std::string& tenant,
                                                            std::optional<int64_t> before,
                                                            int limit,
                                                            base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows,
                       pool_.Read(pg::Tenants(tenant), kListModels,
                                  pg::MakeParams(tenant, before, limit), deadline));
  std::vector<ModelRevision> found;
  for (const pg::Row row : rows) {
    CRM_ASSIGN_OR_RETURN(ModelRevision revision, ReadModel(row, /*with_factors=*/false));
    found.push_back(std::move(revision));
  }
  return found;
}

absl::StatusOr<aggregate::Answer> ModelStore::Add(const LearnedModel& learned,
                                                  base::Deadline deadline) {
  const auto add = [&](pg::Transaction& transaction) -> absl::StatusOr<std::string> {
    CRM_ASSIGN_OR_RETURN(const ModelRevision revision, AddRevision(transaction, learned));
    return learned.answer(revision);
  };
  CRM_ASSIGN_OR_RETURN(idempotency::OnceAnswer answer,
                       idempotency::RunOnce(pool_, learned.tenant, learned.request, deadline, add));
  return aggregate::Answer{std::move(answer.bytes), answer.replayed};
}

absl::StatusOr<std::optional<std::string>> ModelStore::ClaimTraining(absl::Duration lease,
                                                                     base::Deadline deadline) {
  std::optional<std::string> claimed;
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(
      pool_, pg::Tenants::None(), deadline, [&](pg::Transaction& transaction) -> absl::Status {
        claimed.reset();
        CRM_ASSIGN_OR_RETURN(
            const pg::Rows rows,
            transaction.Query(kClaimTraining, pg::MakeParams(absl::ToInt64Microseconds(lease))));
        if (!rows.empty()) claimed = rows[0].Text(0);
        return absl::OkStatus();
      }));
  return claimed;
}

absl::StatusOr<std::optional<std::string>> ModelStore::NextTenant(const std::string& after,
                                                                  base::Deadline deadline) const {
  CRM_ASSIGN_OR_RETURN(const pg::Rows rows, pool_.Read(pg::Tenants::All(), kNextTenant,
                                                       pg::MakeParams(after), deadline));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional(rows[0].Text(0));
}

absl::Status ModelStore::AdvanceTraining(const std::string& before, const std::string& after,
                                         absl::Duration pause, base::Deadline deadline) {
  return pg::RunInTransaction(
      pool_, pg::Tenants::None(), deadline, [&](pg::Transaction& transaction) {
        return transaction.Defer(kAdvanceTraining,
                                 pg::MakeParams(before, after, absl::ToInt64Microseconds(pause)));
      });
}

}  // namespace crm::lead
