#pragma once

#include "common/rpc/service.h"
#include "services/opportunity/rpc/opportunity_ports.h"

namespace crm::opportunity {

// crm.opportunity.v1.OpportunityService.
class OpportunityService final : public rpc::Service<Ports> {
 public:
  OpportunityService(const rpc::Binding& binding, const Ports& ports);
};

}  // namespace crm::opportunity
