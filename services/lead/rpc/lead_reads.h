#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "common/rpc/call.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

template <class Req, class Resp>
using Calls = absl::Span<rpc::Call<Req, Resp>* const>;

// The methods that change nothing. Batches read all their leads by one statement.
void GetLeads(const LeadPorts& ports, Calls<v1::GetLeadRequest, v1::GetLeadResponse> calls);
void BatchGetLeads(const LeadPorts& ports,
                   Calls<v1::BatchGetLeadsRequest, v1::BatchGetLeadsResponse> calls);
absl::Status ListLeads(const LeadPorts& ports, const rpc::CallContext& context,
                       const v1::ListLeadsRequest& request, v1::ListLeadsResponse& response);
void EvaluateLeads(const LeadPorts& ports,
                   Calls<v1::EvaluateLeadRequest, v1::EvaluateLeadResponse> calls);

}  // namespace crm::lead
