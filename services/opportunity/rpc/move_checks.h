#pragma once

#include "common/rpc/validation.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"

// What is wrong with a request that moves an opportunity, all of it at once.
namespace crm::opportunity {

void Check(const v1::MoveOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::WinOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::LoseOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::ReopenOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::MoveToPipelineRequest& request, rpc::Validation& v);
void Check(const v1::CheckMoveRequest& request, rpc::Validation& v);
void Check(const v1::BatchMoveOpportunitiesRequest& request, rpc::Validation& v);
void Check(const v1::CorrectStageChangeRequest& request, rpc::Validation& v);

}  // namespace crm::opportunity
