#pragma once

#include "absl/status/status.h"
#include "common/rpc/call.h"
#include "crm/lead/v1/lead_service.pb.h"
#include "services/lead/rpc/lead_ports.h"
#include "services/lead/rpc/lead_proto.h"

namespace crm::lead {

using rpc::Calls;

// The methods that change nothing. Batches read all their leads by one statement.
void GetLeads(const Ports& ports, Calls<v1::GetLeadRequest, v1::GetLeadResponse> calls);
void BatchGetLeads(const Ports& ports,
                   Calls<v1::BatchGetLeadsRequest, v1::BatchGetLeadsResponse> calls);
absl::Status ListLeads(const Ports& ports, const rpc::CallContext& context,
                       const v1::ListLeadsRequest& request, v1::ListLeadsResponse& response);
absl::Status ListRevisions(const Ports& ports, const rpc::CallContext& context,
                           const v1::ListRevisionsRequest& request,
                           v1::ListRevisionsResponse& response);
void EvaluateLeads(const Ports& ports,
                   Calls<v1::EvaluateLeadRequest, v1::EvaluateLeadResponse> calls);

// The methods that write. Each batch is one transaction.
void CreateLeads(const Ports& ports, Calls<v1::CreateLeadRequest, v1::CreateLeadResponse> calls);
void UpdateLeads(const Ports& ports, Calls<v1::UpdateLeadRequest, v1::UpdateLeadResponse> calls);
void LogActivities(const Ports& ports,
                   Calls<v1::LogActivityRequest, v1::LogActivityResponse> calls);
void AssessCriteria(const Ports& ports,
                    Calls<v1::AssessCriterionRequest, v1::AssessCriterionResponse> calls);
void QualifyLeads(const Ports& ports, Calls<v1::QualifyLeadRequest, v1::QualifyLeadResponse> calls);
void DisqualifyLeads(const Ports& ports,
                     Calls<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse> calls);
void ReopenLeads(const Ports& ports, Calls<v1::ReopenLeadRequest, v1::ReopenLeadResponse> calls);
// Two transactions and the calls to the opportunity service between them.
void ConvertLeads(const Ports& ports, Calls<v1::ConvertLeadRequest, v1::ConvertLeadResponse> calls);

// The serialized response of a method that answers with the lead alone.
template <class Resp>
std::string LeadAnswer(const Lead& lead) {
  Resp response;
  ToProto(lead, *response.mutable_lead());
  return response.SerializeAsString();
}

}  // namespace crm::lead
