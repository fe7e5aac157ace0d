#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "crm/opportunity/v1/opportunity.pb.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/domain/opportunity_edit.h"

// Messages ⇄ values. Messages are valid (opportunity_checks.h).
namespace crm::opportunity {

void ToProto(const Opportunity& opportunity, v1::Opportunity& message);

// The caller's facts of a new opportunity; not its tenant, id, pipeline, probability and category.
Opportunity FromProto(const v1::Opportunity& message);

// The new values of the fields in `paths`, which are names of settable fields.
OpportunityEdit EditFrom(const v1::Opportunity& message, const std::vector<std::string>& paths);

// Absent when the message leaves it to the stage.
std::optional<int> ProbabilityFrom(const v1::Opportunity& message);
std::optional<ForecastCategory> CategoryFrom(const v1::Opportunity& message);

}  // namespace crm::opportunity
