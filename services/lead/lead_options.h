#pragma once

#include <string>

#include "common/config/options.h"

namespace crm::lead {

// The lead program's own flags, as text.
struct LeadOptions {
  std::string contact_address;
  std::string opportunity_address;
  std::string aged_out_events = "stop";  // serving::AgedOutNames
};

// The flags but for the neighbours' addresses, each with what it may be. `values` outlives the
// reading.
void AddLeadOptions(config::Options& options, LeadOptions& values);

}  // namespace crm::lead
