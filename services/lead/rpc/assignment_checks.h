#pragma once

#include "common/rpc/validation.h"
#include "crm/lead/v1/assignment.pb.h"
#include "crm/lead/v1/assignment_service.pb.h"

// What is wrong with each request, all of it at once.
namespace crm::lead {

void Check(const v1::GetAssignmentRulesRequest& request, rpc::Validation& v);
void Check(const v1::UpdateAssignmentRulesRequest& request, rpc::Validation& v);
void Check(const v1::ListAssignmentRuleRevisionsRequest& request, rpc::Validation& v);
void Check(const v1::AssignLeadRequest& request, rpc::Validation& v);
void Check(const v1::AssignLeadsRequest& request, rpc::Validation& v);

}  // namespace crm::lead
