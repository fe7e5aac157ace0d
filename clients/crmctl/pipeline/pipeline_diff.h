#pragma once

#include <map>
#include <string>
#include <vector>

#include "crm/opportunity/v1/pipeline.pb.h"

namespace crm::crmctl {

// What defines the pipeline: without what only the server sets, and with the defaults that it
// would fill in. Two pipelines that are defined alike are equal in it.
opportunity::v1::Pipeline Definition(const opportunity::v1::Pipeline& pipeline);

// A line for each difference, "+", "-" or "~" first; none if they are defined alike. `before` is
// nullptr if there is no such pipeline yet. `successors` tells where opportunities of removed
// stages go.
std::vector<std::string> Differences(const opportunity::v1::Pipeline* before,
                                     const opportunity::v1::Pipeline& after,
                                     const std::map<std::string, std::string>& successors);

// A gate in a few words: "MINIMUM_AMOUNT 1000.00 EUR".
std::string GateText(const opportunity::v1::Gate& gate);

// The keys of the stages that `after` lacks, in their order.
std::vector<std::string> RemovedStages(const opportunity::v1::Pipeline& before,
                                       const opportunity::v1::Pipeline& after);

}  // namespace crm::crmctl
