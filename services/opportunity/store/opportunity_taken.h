#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/table.h"
#include "common/pg/transaction.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// Sets ALREADY_EXISTS DUPLICATE_ID for each whose external id or, if it is new, whose id or lead is
// another opportunity's of its tenant, in the database or earlier in `wanted`. Metadata: field
// (opportunity_id, external_id, lead: the first that is taken), existing, name and (if it has one)
// lead of the other. One query.
absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Opportunity> wanted,
                         absl::Span<absl::Status> refusals);

}  // namespace crm::opportunity
