#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/aggregate/table.h"
#include "common/pg/transaction.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

enum class Newness { kNew, kChanged };

// Sets the refusal of each whose id (kNew) or external id is held by another opportunity of its
// tenant, in the database or earlier in `wanted`. One query.
absl::Status RefuseTaken(pg::Transaction& transaction, aggregate::Writes<Opportunity> wanted,
                         Newness newness, absl::Span<absl::Status> refusals);

}  // namespace crm::opportunity
