#pragma once

#include <string>
#include <vector>

#include "clients/crmctl/page/flow_layout.h"

namespace crm::crmctl {

struct FlowChart {
  std::string label;  // what it shows
  std::vector<FlowNode> nodes;
  std::vector<FlowLink> links;
};

// A Sankey diagram as SVG of that width: wide from the left to the right, narrow downwards. What
// leads back goes around outside.
std::string DrawFlow(const FlowChart& chart, double width);

}  // namespace crm::crmctl
