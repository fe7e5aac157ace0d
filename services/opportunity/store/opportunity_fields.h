#pragma once

#include "common/aggregate/fields.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// Every field of an opportunity that is stored, by its name in crm.opportunity.v1.Opportunity; for
// its field history. Whoever adds a field adds its row.
aggregate::Fields<Opportunity> OpportunityFieldTable();

}  // namespace crm::opportunity
