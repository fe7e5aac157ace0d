#pragma once

#include "common/rpc/service.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

// The lanes that the service has beside those for reads and writes, one for each neighbour: one
// that hangs holds up no call but those that need it.
inline constexpr int kNeighbourLanes = 2;

// crm.lead.v1.LeadService.
class LeadService final : public rpc::Service<Ports> {
 public:
  // The executor of `binding` has the neighbours' lanes as its own.
  LeadService(const rpc::Binding& binding, const Ports& ports);
};

// crm.lead.v1.QualificationPolicyService.
class QualificationPolicyService final : public rpc::Service<Ports> {
 public:
  QualificationPolicyService(const rpc::Binding& binding, const Ports& ports);
};

}  // namespace crm::lead
