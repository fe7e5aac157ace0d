#pragma once

#include <string>
#include <vector>

#include "common/rpc/validation.h"
#include "crm/opportunity/v1/pipeline_service.pb.h"

// What is wrong with each request, all of it at once: shapes, and what makes the stages no valid
// pipeline.
namespace crm::opportunity {

void Check(const v1::CreatePipelineRequest& request, rpc::Validation& v);
void Check(const v1::GetPipelineRequest& request, rpc::Validation& v);
void Check(const v1::ListPipelinesRequest& request, rpc::Validation& v);
void Check(const v1::UpdatePipelineRequest& request, rpc::Validation& v);
void Check(const v1::ArchivePipelineRequest& request, rpc::Validation& v);
void Check(const v1::UnarchivePipelineRequest& request, rpc::Validation& v);

// The fields that a checked update sets.
std::vector<std::string> UpdatedFields(const v1::UpdatePipelineRequest& request);

}  // namespace crm::opportunity
