#pragma once

#include "common/rpc/service.h"
#include "services/opportunity/rpc/opportunity_ports.h"

namespace crm::opportunity {

// What waits for the contact or the lead service has workers of its own: rpc::OwnLane(0).
inline constexpr int kNeighbourLanes = 1;
// Reports have one with one worker: rpc::OwnLane(kNeighbourLanes).
inline constexpr int kReportLanes = 1;

// crm.opportunity.v1.OpportunityService.
class OpportunityService final : public rpc::Service<Ports> {
 public:
  OpportunityService(const rpc::Binding& binding, const Ports& ports);
};

// crm.opportunity.v1.PipelineService.
class PipelineService final : public rpc::Service<Ports> {
 public:
  PipelineService(const rpc::Binding& binding, const Ports& ports);
};

// crm.opportunity.v1.ReportService.
class ReportService final : public rpc::Service<ReportPorts> {
 public:
  ReportService(const rpc::Binding& binding, const ReportPorts& ports);
};

}  // namespace crm::opportunity
