#pragma once

#include "common/aggregate/fields.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// Every field of a lead that is stored, by its name in crm.lead.v1.Lead; for its field history.
// Whoever adds a field adds its row.
aggregate::Fields<Lead> LeadFieldTable();

}  // namespace crm::lead
