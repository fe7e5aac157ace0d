#pragma once

#include <grpcpp/grpcpp.h>

#include <string>
#include <vector>

#include "common/aggregate/repository.h"
#include "common/base/clock.h"
#include "common/base/id_generator.h"
#include "common/rpc/method.h"
#include "common/rpc/page_token.h"
#include "crm/opportunity/v1/opportunity_service.grpc.pb.h"
#include "services/opportunity/domain/opportunity.h"
#include "services/opportunity/store/opportunity_reads.h"

namespace crm::opportunity {

// What the service needs. All outlive it.
struct Ports {
  aggregate::Repository<Opportunity>& repository;
  const OpportunityReads& reads;
  const base::Clock& clock;
  base::IdGenerator& ids;
  const rpc::PageTokens& page_tokens;
};

// Every method of the service, left to the raw callback API.
template <class Service>
using RawMoves = v1::OpportunityService::WithRawCallbackMethod_MoveOpportunity<
    v1::OpportunityService::WithRawCallbackMethod_WinOpportunity<
        v1::OpportunityService::WithRawCallbackMethod_LoseOpportunity<
            v1::OpportunityService::WithRawCallbackMethod_ReopenOpportunity<Service>>>>;
template <class Service>
using RawReads = v1::OpportunityService::WithRawCallbackMethod_GetOpportunity<
    v1::OpportunityService::WithRawCallbackMethod_BatchGetOpportunities<
        v1::OpportunityService::WithRawCallbackMethod_ListOpportunities<
            v1::OpportunityService::WithRawCallbackMethod_ListStageChanges<Service>>>>;
using RawOpportunityService =
    RawMoves<RawReads<v1::OpportunityService::WithRawCallbackMethod_OpenOpportunity<
        v1::OpportunityService::WithRawCallbackMethod_UpdateOpportunity<
            v1::OpportunityService::Service>>>>;

// crm.opportunity.v1.OpportunityService. Gets and writes are answered in batches.
class OpportunityRpc final : public RawOpportunityService {
 public:
  OpportunityRpc(const rpc::Binding& binding, const Ports& ports);

#define CRM_OPPORTUNITY_METHOD(name, member)                                                  \
  grpc::ServerUnaryReactor* name(grpc::CallbackServerContext* context,                        \
                                 const grpc::ByteBuffer* request, grpc::ByteBuffer* response) \
      override {                                                                              \
    return member.Start(context, request, response);                                          \
  }
  CRM_OPPORTUNITY_METHOD(OpenOpportunity, open_)
  CRM_OPPORTUNITY_METHOD(GetOpportunity, get_)
  CRM_OPPORTUNITY_METHOD(BatchGetOpportunities, batch_get_)
  CRM_OPPORTUNITY_METHOD(ListOpportunities, list_)
  CRM_OPPORTUNITY_METHOD(UpdateOpportunity, update_)
  CRM_OPPORTUNITY_METHOD(MoveOpportunity, move_)
  CRM_OPPORTUNITY_METHOD(WinOpportunity, win_)
  CRM_OPPORTUNITY_METHOD(LoseOpportunity, lose_)
  CRM_OPPORTUNITY_METHOD(ReopenOpportunity, reopen_)
  CRM_OPPORTUNITY_METHOD(ListStageChanges, list_stage_changes_)
#undef CRM_OPPORTUNITY_METHOD

 private:
  using OpenMethod = rpc::Method<v1::OpenOpportunityRequest, v1::OpenOpportunityResponse>;
  using GetMethod = rpc::Method<v1::GetOpportunityRequest, v1::GetOpportunityResponse>;
  using BatchGetMethod =
      rpc::Method<v1::BatchGetOpportunitiesRequest, v1::BatchGetOpportunitiesResponse>;
  using ListMethod = rpc::Method<v1::ListOpportunitiesRequest, v1::ListOpportunitiesResponse>;
  using UpdateMethod = rpc::Method<v1::UpdateOpportunityRequest, v1::UpdateOpportunityResponse>;
  using MoveMethod = rpc::Method<v1::MoveOpportunityRequest, v1::MoveOpportunityResponse>;
  using WinMethod = rpc::Method<v1::WinOpportunityRequest, v1::WinOpportunityResponse>;
  using LoseMethod = rpc::Method<v1::LoseOpportunityRequest, v1::LoseOpportunityResponse>;
  using ReopenMethod = rpc::Method<v1::ReopenOpportunityRequest, v1::ReopenOpportunityResponse>;
  using HistoryMethod = rpc::Method<v1::ListStageChangesRequest, v1::ListStageChangesResponse>;

  // write_methods.cc
  void Open(OpenMethod::Calls calls);
  void Update(UpdateMethod::Calls calls);
  // move_methods.cc
  void Move(MoveMethod::Calls calls);
  void Win(WinMethod::Calls calls);
  void Lose(LoseMethod::Calls calls);
  void Reopen(ReopenMethod::Calls calls);
  // read_methods.cc
  void Get(GetMethod::Calls calls);
  absl::Status BatchGet(const rpc::CallContext& context,
                        const v1::BatchGetOpportunitiesRequest& request,
                        v1::BatchGetOpportunitiesResponse& response);
  absl::Status List(const rpc::CallContext& context, const v1::ListOpportunitiesRequest& request,
                    v1::ListOpportunitiesResponse& response);
  absl::Status ListStages(const rpc::CallContext& context,
                          const v1::ListStageChangesRequest& request,
                          v1::ListStageChangesResponse& response);

  const Ports ports_;
  OpenMethod open_;
  GetMethod get_;
  BatchGetMethod batch_get_;
  ListMethod list_;
  UpdateMethod update_;
  MoveMethod move_;
  WinMethod win_;
  LoseMethod lose_;
  ReopenMethod reopen_;
  HistoryMethod list_stage_changes_;
};

}  // namespace crm::opportunity
