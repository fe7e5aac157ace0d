#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "crm/opportunity/v1/pipeline_service.pb.h"
#include "services/opportunity/rpc/opportunity_ports.h"

namespace crm::opportunity {

// The methods that change no pipeline; they store a tenant's default one if it is not yet.
absl::Status GetPipeline(const Ports& ports, const rpc::CallContext& context,
                         const v1::GetPipelineRequest& request, v1::GetPipelineResponse& response);
absl::Status ListPipelines(const Ports& ports, const rpc::CallContext& context,
                           const v1::ListPipelinesRequest& request,
                           v1::ListPipelinesResponse& response);

// The methods that write. Each batch is one transaction.
void CreatePipelines(const Ports& ports,
                     rpc::Calls<v1::CreatePipelineRequest, v1::CreatePipelineResponse> calls);
void UpdatePipelines(const Ports& ports,
                     rpc::Calls<v1::UpdatePipelineRequest, v1::UpdatePipelineResponse> calls);
void ArchivePipelines(const Ports& ports,
                      rpc::Calls<v1::ArchivePipelineRequest, v1::ArchivePipelineResponse> calls);
void UnarchivePipelines(
    const Ports& ports,
    rpc::Calls<v1::UnarchivePipelineRequest, v1::UnarchivePipelineResponse> calls);

}  // namespace crm::opportunity
