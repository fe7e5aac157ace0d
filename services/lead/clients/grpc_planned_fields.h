#pragma once

#include <vector>

#include "crm/opportunity/v1/opportunity.pb.h"
#include "services/lead/domain/planned_field.h"

namespace crm::lead {

// The fields of an opportunity after a lead was attached to it that a conversion can set: what it
// had before is kOpportunity, all else kLead.
std::vector<PlannedField> PlannedFieldsOf(const opportunity::v1::Opportunity& before,
                                          const opportunity::v1::Opportunity& after);

}  // namespace crm::lead
