#pragma once

#include <vector>

#include "common/rpc/service.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

// The workers that the service has beside those for reads and writes, one group for each neighbour:
// one that hangs holds up no call but those that need it.
std::vector<int> NeighbourWorkers();

// crm.lead.v1.LeadService.
class LeadService final : public rpc::Service<Ports> {
 public:
  // The executor of `binding` has the NeighbourWorkers as its own.
  LeadService(const rpc::Binding& binding, const Ports& ports);
};

}  // namespace crm::lead
