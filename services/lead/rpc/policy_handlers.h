#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "crm/lead/v1/qualification_policy_service.pb.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

absl::Status GetQualificationPolicy(const Ports& ports, const rpc::CallContext& context,
                                    const v1::GetQualificationPolicyRequest& request,
                                    v1::GetQualificationPolicyResponse& response);
absl::Status ListQualificationPolicyRevisions(
    const Ports& ports, const rpc::CallContext& context,
    const v1::ListQualificationPolicyRevisionsRequest& request,
    v1::ListQualificationPolicyRevisionsResponse& response);

void UpdateQualificationPolicies(
    const Ports& ports,
    rpc::Calls<v1::UpdateQualificationPolicyRequest, v1::UpdateQualificationPolicyResponse> calls);

}  // namespace crm::lead
