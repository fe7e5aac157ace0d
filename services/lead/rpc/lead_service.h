#pragma once

#include "common/rpc/service.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

// The lanes that the service has beside those for reads and writes, one for each neighbour: one
// that hangs holds up no call but those that need it.
inline constexpr int kNeighbourLanes = 2;
// Behind them, one for calls that wait for conversions to end.
inline constexpr rpc::Lane kAwaitsConversions = rpc::OwnLane(kNeighbourLanes);
inline constexpr int kOwnLanes = kNeighbourLanes + 1;
// Reports have one with one worker: rpc::OwnLane(kOwnLanes).
inline constexpr int kReportLanes = 1;

// crm.lead.v1.LeadService.
class LeadService final : public rpc::Service<Ports> {
 public:
  // The executor of `binding` has kOwnLanes lanes of its own.
  LeadService(const rpc::Binding& binding, const Ports& ports);
};

// crm.lead.v1.QualificationPolicyService.
class QualificationPolicyService final : public rpc::Service<Ports> {
 public:
  QualificationPolicyService(const rpc::Binding& binding, const Ports& ports);
};

// crm.lead.v1.ConversionService.
class ConversionService final : public rpc::Service<ConversionPorts> {
 public:
  // The executor of `binding` has kOwnLanes lanes of its own.
  ConversionService(const rpc::Binding& binding, const ConversionPorts& ports);
};

// crm.lead.v1.PredictionService.
class PredictionService final : public rpc::Service<PredictionPorts> {
 public:
  PredictionService(const rpc::Binding& binding, const PredictionPorts& ports);
};

// crm.lead.v1.AssignmentService.
class AssignmentService final : public rpc::Service<Ports> {
 public:
  AssignmentService(const rpc::Binding& binding, const Ports& ports);
};

// crm.lead.v1.ReportService.
class ReportService final : public rpc::Service<ReportPorts> {
 public:
  ReportService(const rpc::Binding& binding, const ReportPorts& ports);
};

}  // namespace crm::lead
