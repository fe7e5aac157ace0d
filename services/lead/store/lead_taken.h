#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/table.h"
#include "common/pg/transaction.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// Sets ALREADY_EXISTS DUPLICATE_ID for each of `leads` whose external id, or, if they are `fresh`,
// whose id, is another lead's in the database or earlier in the span. One query.
absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                         absl::Span<absl::Status> refusals, bool fresh);

// Sets INVALID_ARGUMENT REQUEST_ID_REUSED for each of `leads` that begins a conversion under a
// request id that has begun one of another lead. At most one query.
absl::Status RefuseForeignConversions(pg::Transaction& transaction, aggregate::Writes<Lead> leads,
                                      absl::Span<absl::Status> refusals);

}  // namespace crm::lead
