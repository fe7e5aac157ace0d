#pragma once

#include <vector>

#include "common/serving/service.h"
#include "services/lead/lead_options.h"

namespace crm::lead {

// What an operator can order of the lead program beside serving: "conversions", "dead-letters" and
// "consumers". `values` outlives the run.
std::vector<serving::Command> LeadCommands(const LeadOptions& values);

}  // namespace crm::lead
