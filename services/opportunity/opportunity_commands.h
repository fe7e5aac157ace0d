#pragma once

#include <vector>

#include "common/serving/service.h"
#include "services/opportunity/opportunity_streams.h"

namespace crm::opportunity {

// What an operator can order of the opportunity program beside serving: "dead-letters" and
// "consumers". `values` outlives the run.
std::vector<serving::Command> OpportunityCommands(const OpportunityOptions& values);

}  // namespace crm::opportunity
