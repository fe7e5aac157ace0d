#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "crm/lead/v1/assignment.pb.h"
#include "crm/lead/v1/assignment_service.pb.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

absl::Status GetAssignmentRules(const Ports& ports, const rpc::CallContext& context,
                                const v1::GetAssignmentRulesRequest& request,
                                v1::GetAssignmentRulesResponse& response);
absl::Status ListAssignmentRuleRevisions(const Ports& ports, const rpc::CallContext& context,
                                         const v1::ListAssignmentRuleRevisionsRequest& request,
                                         v1::ListAssignmentRuleRevisionsResponse& response);

void UpdateAssignmentRules(
    const Ports& ports,
    rpc::Calls<v1::UpdateAssignmentRulesRequest, v1::UpdateAssignmentRulesResponse> calls);

// One transaction for a batch.
void AssignLeadsToOwners(const Ports& ports,
                         rpc::Calls<v1::AssignLeadRequest, v1::AssignLeadResponse> calls);
// A transaction for each call, and before it what the rules ask the contact service.
void DealLeads(const Ports& ports,
               rpc::Calls<v1::AssignLeadsRequest, v1::AssignLeadsResponse> calls);

}  // namespace crm::lead
