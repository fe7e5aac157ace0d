#include "common/idempotency/first_answer.h"

#include <utility>

#include "common/base/status.h"
#include "common/idempotency/ledger.h"

namespace crm::idempotency {

absl::StatusOr<std::optional<std::string>> FirstAnswer(pg::Pool& pool, const std::string& tenant,
                                                       const Request& request,
                                                       base::Deadline deadline) {
  Found found;
  CRM_RETURN_IF_ERROR(
      pg::RunInTransaction(pool, pg::Tenants(tenant), deadline, [&](pg::Transaction& transaction) {
        const base::TenantKey key{tenant, request.id};
        CRM_ASSIGN_OR_RETURN(auto answers, Lookup(transaction, absl::MakeConstSpan(&key, 1)));
        found = std::move(answers[0]);
        return absl::OkStatus();
      }));
  if (!found.has_value()) return std::optional<std::string>();
  CRM_ASSIGN_OR_RETURN(const StoredAnswer stored, *std::move(found));
  CRM_ASSIGN_OR_RETURN(std::string bytes, Replay(stored, request));
  return std::optional<std::string>(std::move(bytes));
}

}  // namespace crm::idempotency
