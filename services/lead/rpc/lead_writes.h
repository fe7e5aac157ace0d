#pragma once

#include "services/lead/rpc/lead_reads.h"

namespace crm::lead {

// The methods that write. Each batch is one transaction.
void CreateLeads(const LeadPorts& ports,
                 Calls<v1::CreateLeadRequest, v1::CreateLeadResponse> calls);
void UpdateLeads(const LeadPorts& ports,
                 Calls<v1::UpdateLeadRequest, v1::UpdateLeadResponse> calls);
void LogActivities(const LeadPorts& ports,
                   Calls<v1::LogActivityRequest, v1::LogActivityResponse> calls);
void AssessCriteria(const LeadPorts& ports,
                    Calls<v1::AssessCriterionRequest, v1::AssessCriterionResponse> calls);
void QualifyLeads(const LeadPorts& ports,
                  Calls<v1::QualifyLeadRequest, v1::QualifyLeadResponse> calls);
void DisqualifyLeads(const LeadPorts& ports,
                     Calls<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse> calls);
void ReopenLeads(const LeadPorts& ports,
                 Calls<v1::ReopenLeadRequest, v1::ReopenLeadResponse> calls);
// Two transactions and the calls to the opportunity service between them.
void ConvertLeads(const LeadPorts& ports,
                  Calls<v1::ConvertLeadRequest, v1::ConvertLeadResponse> calls);

// The serialized response of a method that answers with the lead alone.
template <class Resp>
std::string LeadAnswer(const Lead& lead) {
  Resp response;
  ToProto(lead, *response.mutable_lead());
  return response.SerializeAsString();
}

}  // namespace crm::lead
