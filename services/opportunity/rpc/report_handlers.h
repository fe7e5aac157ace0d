#pragma once

#include "absl/status/status.h"
#include "common/rpc/call_context.h"
#include "crm/opportunity/v1/report_service.pb.h"
#include "services/opportunity/rpc/opportunity_ports.h"

namespace crm::opportunity {

// The reports. Each reads one snapshot, piece by piece, and adds up.
absl::Status SummarizePipeline(const ReportPorts& ports, const rpc::CallContext& context,
                               const v1::SummarizePipelineRequest& request,
                               v1::SummarizePipelineResponse& response);
absl::Status QueryFunnel(const ReportPorts& ports, const rpc::CallContext& context,
                         const v1::QueryFunnelRequest& request, v1::QueryFunnelResponse& response);
absl::Status QueryTimeInStage(const ReportPorts& ports, const rpc::CallContext& context,
                              const v1::QueryTimeInStageRequest& request,
                              v1::QueryTimeInStageResponse& response);
absl::Status QueryWinRate(const ReportPorts& ports, const rpc::CallContext& context,
                          const v1::QueryWinRateRequest& request,
                          v1::QueryWinRateResponse& response);

}  // namespace crm::opportunity
