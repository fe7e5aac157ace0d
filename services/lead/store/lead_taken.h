#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/table.h"
#include "common/pg/transaction.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// Sets the refusal of each of `leads` that wants what is another lead's in the database or earlier
// in the span:
//   ALREADY_EXISTS DUPLICATE_ID         an external id, or the id of a new lead; an id that was
//                                       chosen for a record and that another record of the lead
//                                       has; metadata field, existing
//   INVALID_ARGUMENT REQUEST_ID_REUSED  a request id that has begun another lead's conversion
//   FAILED_PRECONDITION CONVERSION_REFUSED  one whose conversion of this lead was refused earlier
// At most three queries.
absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                         absl::Span<absl::Status> refusals);

// Whether the change frees the external id of the lead for others: by another one, or by deletion.
bool GivesUpExternalId(const Lead& before, const Lead& after);

}  // namespace crm::lead
