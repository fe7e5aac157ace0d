#pragma once

#include <string>
#include <vector>

#include "common/rpc/validation.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::opportunity {

void Check(const v1::OpenOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::AttachLeadRequest& request, rpc::Validation& v);
void Check(const v1::GetOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::BatchGetOpportunitiesRequest& request, rpc::Validation& v);
void Check(const v1::ListOpportunitiesRequest& request, rpc::Validation& v);
void Check(const v1::UpdateOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::CloneOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::DeleteOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::UndeleteOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::ListStageChangesRequest& request, rpc::Validation& v);
void Check(const v1::ListRevisionsRequest& request, rpc::Validation& v);

// The fields that a checked update sets.
std::vector<std::string> UpdatedFields(const v1::UpdateOpportunityRequest& request);

}  // namespace crm::opportunity
