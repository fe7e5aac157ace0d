#pragma once

#include "common/rpc/field_mask.h"
#include "common/rpc/validation.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"

// What each request must look like, whatever is stored: all violations at once.
namespace crm::opportunity {

void Check(const v1::OpenOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::GetOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::BatchGetOpportunitiesRequest& request, rpc::Validation& v);
void Check(const v1::ListOpportunitiesRequest& request, rpc::Validation& v);
void Check(const v1::UpdateOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::MoveOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::WinOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::LoseOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::ReopenOpportunityRequest& request, rpc::Validation& v);
void Check(const v1::ListStageChangesRequest& request, rpc::Validation& v);

// The fields of an opportunity and whether an update may name them.
absl::Span<const rpc::MaskPath> UpdatePaths();

}  // namespace crm::opportunity
