#pragma once

#include "absl/status/status.h"
#include "common/rpc/call_context.h"
#include "crm/lead/v1/report_service.pb.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

// The reports. Each reads one snapshot, piece by piece, and adds up.
absl::Status QueryLeadFunnel(const ReportPorts& ports, const rpc::CallContext& context,
                             const v1::QueryLeadFunnelRequest& request,
                             v1::QueryLeadFunnelResponse& response);
absl::Status QueryResponseTime(const ReportPorts& ports, const rpc::CallContext& context,
                               const v1::QueryResponseTimeRequest& request,
                               v1::QueryResponseTimeResponse& response);
absl::Status QueryQualification(const ReportPorts& ports, const rpc::CallContext& context,
                                const v1::QueryQualificationRequest& request,
                                v1::QueryQualificationResponse& response);
absl::Status QueryConversion(const ReportPorts& ports, const rpc::CallContext& context,
                             const v1::QueryConversionRequest& request,
                             v1::QueryConversionResponse& response);

}  // namespace crm::lead
