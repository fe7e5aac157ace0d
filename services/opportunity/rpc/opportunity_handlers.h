#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/error/error.h"
#include "common/rpc/call.h"
#include "common/rpc/resource_name.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"
#include "services/opportunity/rpc/opportunity_ports.h"
#include "services/opportunity/rpc/opportunity_proto.h"

namespace crm::opportunity {

using rpc::Calls;

// The methods that change nothing. Batches read all their opportunities by one statement.
void GetOpportunities(const Ports& ports,
                      Calls<v1::GetOpportunityRequest, v1::GetOpportunityResponse> calls);
void BatchGetOpportunities(
    const Ports& ports,
    Calls<v1::BatchGetOpportunitiesRequest, v1::BatchGetOpportunitiesResponse> calls);
absl::Status ListOpportunities(const Ports& ports, const rpc::CallContext& context,
                               const v1::ListOpportunitiesRequest& request,
                               v1::ListOpportunitiesResponse& response);
absl::Status ListStageChanges(const Ports& ports, const rpc::CallContext& context,
                              const v1::ListStageChangesRequest& request,
                              v1::ListStageChangesResponse& response);
absl::Status ListRevisions(const Ports& ports, const rpc::CallContext& context,
                           const v1::ListRevisionsRequest& request,
                           v1::ListRevisionsResponse& response);
void CheckMoves(const Ports& ports, Calls<v1::CheckMoveRequest, v1::CheckMoveResponse> calls);

// The methods that write. Each batch is one transaction.
void OpenOpportunities(const Ports& ports,
                       Calls<v1::OpenOpportunityRequest, v1::OpenOpportunityResponse> calls);
void AttachLeads(const Ports& ports, Calls<v1::AttachLeadRequest, v1::AttachLeadResponse> calls);
void UpdateOpportunities(const Ports& ports,
                         Calls<v1::UpdateOpportunityRequest, v1::UpdateOpportunityResponse> calls);
void MoveOpportunities(const Ports& ports,
                       Calls<v1::MoveOpportunityRequest, v1::MoveOpportunityResponse> calls);
void WinOpportunities(const Ports& ports,
                      Calls<v1::WinOpportunityRequest, v1::WinOpportunityResponse> calls);
void LoseOpportunities(const Ports& ports,
                       Calls<v1::LoseOpportunityRequest, v1::LoseOpportunityResponse> calls);
void ReopenOpportunities(const Ports& ports,
                         Calls<v1::ReopenOpportunityRequest, v1::ReopenOpportunityResponse> calls);
absl::Status BatchMoveOpportunities(const Ports& ports, const rpc::CallContext& context,
                                    const v1::BatchMoveOpportunitiesRequest& request,
                                    v1::BatchMoveOpportunitiesResponse& response);
absl::Status CorrectStageChange(const Ports& ports, const rpc::CallContext& context,
                                const v1::CorrectStageChangeRequest& request,
                                v1::CorrectStageChangeResponse& response);
void MoveToPipelines(const Ports& ports,
                     Calls<v1::MoveToPipelineRequest, v1::MoveToPipelineResponse> calls);

void CloneOpportunities(const Ports& ports,
                        Calls<v1::CloneOpportunityRequest, v1::CloneOpportunityResponse> calls);
void DeleteOpportunities(const Ports& ports,
                         Calls<v1::DeleteOpportunityRequest, v1::DeleteOpportunityResponse> calls);
void UndeleteOpportunities(
    const Ports& ports,
    Calls<v1::UndeleteOpportunityRequest, v1::UndeleteOpportunityResponse> calls);

// That the opportunity with this id, which may be empty, came from the lead of `message`.
inline neighbours::LeadClaim ClaimOf(const rpc::CallContext& context,
                                     const v1::Opportunity& message, absl::string_view id) {
  return {context.tenant, rpc::ParseName(message.lead(), "leads").value_or(base::Uuid()),
          base::Uuid::Parse(id).value_or(base::Uuid())};
}

// The rules in force for an opportunity that the repository loaded.
inline absl::StatusOr<const Pipeline*> PipelineOf(const Opportunity& opportunity) {
  const Pipeline* const pipeline = opportunity.rules.definition.get();
  if (pipeline == nullptr) return error::DataDamaged(PipelineName(opportunity.pipeline));
  return pipeline;
}

// The serialized response of a method that answers with the opportunity alone.
template <class Resp>
std::string OpportunityAnswer(const Opportunity& opportunity) {
  static thread_local Resp response;
  response.Clear();
  ToProto(opportunity, *response.mutable_opportunity());
  return response.SerializeAsString();
}

}  // namespace crm::opportunity
