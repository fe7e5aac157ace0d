#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/table.h"
#include "common/pg/transaction.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// Sets the refusal of each of `leads` that wants what is another lead's in the database or earlier
// in the span. At most two queries.
//   ALREADY_EXISTS DUPLICATE_ID         an external id, or the id of a new one; metadata field,
//   existing INVALID_ARGUMENT REQUEST_ID_REUSED  a request id under which another lead's conversion
//   has begun
absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                         absl::Span<absl::Status> refusals);

}  // namespace crm::lead
