#include "services/lead/store/claim_store.h"

#include "common/base/status.h"
#include "common/pg/params.h"
#include "common/pg/row_reader.h"
#include "common/pg/transaction.h"
#include "services/lead/store/assignment_statements.h"

namespace crm::lead {

absl::StatusOr<base::Uuid> ClaimStore::Claim(const ContactClaim& claim, base::Deadline deadline) {
  base::Uuid contact;
  const absl::Time old = claim.now - kClaimTime;
  CRM_RETURN_IF_ERROR(pg::RunInTransaction(
      pool_, pg::Tenants::All(), deadline, [&](pg::Transaction& transaction) -> absl::Status {
        CRM_RETURN_IF_ERROR(transaction.Defer(kForgetClaims, pg::MakeParams(old)));
        CRM_ASSIGN_OR_RETURN(
            const pg::Rows rows,
            transaction.Query(kClaimContact,
                              pg::MakeParams(claim.tenant, claim.key, claim.contact, claim.now, old,
                                             claim.gone.value_or(base::Uuid()))));
        pg::RowReader read(rows[0]);
        contact = read.Uuid(0);
        return read.ok() ? absl::OkStatus() : read.Damage("contact_claim");
      }));
  return contact;
}

}  // namespace crm::lead
