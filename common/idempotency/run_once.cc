#include "common/idempotency/run_once.h"

#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/idempotency/ledger.h"

namespace crm::idempotency {
namespace {

// What the ledger holds for the request; nothing if it is new.
absl::StatusOr<std::optional<OnceAnswer>> AnswerInLedger(pg::Transaction& transaction,
                                                         const std::string& tenant,
                                                         const Request& request) {
  const base::TenantKey key{tenant, request.id};
  CRM_ASSIGN_OR_RETURN(auto answers, Lookup(transaction, absl::MakeConstSpan(&key, 1)));
  if (!answers[0].has_value()) return std::optional<OnceAnswer>();
  CRM_ASSIGN_OR_RETURN(const StoredAnswer stored, *std::move(answers[0]));
  CRM_ASSIGN_OR_RETURN(std::string bytes, Replay(stored, request));
  return std::optional(OnceAnswer{std::move(bytes), true});
}

absl::StatusOr<OnceAnswer> AnswerOf(
    pg::Transaction& transaction, const std::string& tenant, const Request& request,
    const std::function<absl::StatusOr<std::string>(pg::Transaction&)>& make) {
  CRM_ASSIGN_OR_RETURN(auto first, AnswerInLedger(transaction, tenant, request));
  if (first.has_value()) return *std::move(first);
  CRM_ASSIGN_OR_RETURN(std::string bytes, make(transaction));
  const Entry entry{tenant, &request, bytes};
  CRM_RETURN_IF_ERROR(Record(transaction, absl::MakeConstSpan(&entry, 1)));
  return OnceAnswer{std::move(bytes)};
}

}  // namespace

absl::StatusOr<OnceAnswer> RunOnce(
    pg::Pool& pool, const std::string& tenant, const std::optional<Request>& request,
    base::Deadline deadline,
    const std::function<absl::StatusOr<std::string>(pg::Transaction&)>& make) {
  OnceAnswer answer;
  const absl::Status status = pg::RunInTransaction(
      pool, pg::Tenants(tenant), deadline, [&](pg::Transaction& transaction) -> absl::Status {
        if (request.has_value()) {
          CRM_ASSIGN_OR_RETURN(answer, AnswerOf(transaction, tenant, *request, make));
        } else {
          CRM_ASSIGN_OR_RETURN(answer.bytes, make(transaction));
        }
        return absl::OkStatus();
      });
  if (error::ReasonOf(status) == error::kCommitInDoubt && request.has_value()) {
    return error::WithMetadata(status, "requestId", request->id.ToString());
  }
  CRM_RETURN_IF_ERROR(status);
  return answer;
}

}  // namespace crm::idempotency
