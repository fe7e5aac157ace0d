#pragma once

#include "common/rpc/method.h"
#include "crm/lead/v1/lead_service.grpc.pb.h"
#include "services/lead/rpc/lead_ports.h"

namespace crm::lead {

// All methods are raw: rpc::Method parses and serializes.
using RawReads = v1::LeadService::WithRawCallbackMethod_GetLead<
    v1::LeadService::WithRawCallbackMethod_BatchGetLeads<
        v1::LeadService::WithRawCallbackMethod_ListLeads<
            v1::LeadService::WithRawCallbackMethod_EvaluateLead<v1::LeadService::Service>>>>;
using RawLeadService = v1::LeadService::WithRawCallbackMethod_CreateLead<
    v1::LeadService::WithRawCallbackMethod_UpdateLead<
        v1::LeadService::WithRawCallbackMethod_LogActivity<
            v1::LeadService::WithRawCallbackMethod_AssessCriterion<
                v1::LeadService::WithRawCallbackMethod_QualifyLead<
                    v1::LeadService::WithRawCallbackMethod_DisqualifyLead<
                        v1::LeadService::WithRawCallbackMethod_ReopenLead<
                            v1::LeadService::WithRawCallbackMethod_ConvertLead<RawReads>>>>>>>>;

// crm.lead.v1.LeadService over the ports. Thread-safe; nothing here blocks gRPC's threads.
class LeadRpc final : public RawLeadService {
 public:
  // ConvertLead waits for the opportunity service: it is bound to workers of its own.
  LeadRpc(const rpc::Binding& binding, const rpc::Binding& conversions, const Ports& ports);

  grpc::ServerUnaryReactor* GetLead(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchGetLeads(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ListLeads(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* EvaluateLead(grpc::CallbackServerContext* context,
                                         const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* CreateLead(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* UpdateLead(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* LogActivity(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* AssessCriterion(grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer* request,
                                            grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* QualifyLead(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* DisqualifyLead(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ReopenLead(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* ConvertLead(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;

 private:
  const Ports ports_;
  rpc::Method<v1::GetLeadRequest, v1::GetLeadResponse> get_lead_;
  rpc::Method<v1::BatchGetLeadsRequest, v1::BatchGetLeadsResponse> batch_get_leads_;
  rpc::Method<v1::ListLeadsRequest, v1::ListLeadsResponse> list_leads_;
  rpc::Method<v1::EvaluateLeadRequest, v1::EvaluateLeadResponse> evaluate_lead_;
  rpc::Method<v1::CreateLeadRequest, v1::CreateLeadResponse> create_lead_;
  rpc::Method<v1::UpdateLeadRequest, v1::UpdateLeadResponse> update_lead_;
  rpc::Method<v1::LogActivityRequest, v1::LogActivityResponse> log_activity_;
  rpc::Method<v1::AssessCriterionRequest, v1::AssessCriterionResponse> assess_criterion_;
  rpc::Method<v1::QualifyLeadRequest, v1::QualifyLeadResponse> qualify_lead_;
  rpc::Method<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse> disqualify_lead_;
  rpc::Method<v1::ReopenLeadRequest, v1::ReopenLeadResponse> reopen_lead_;
  rpc::Method<v1::ConvertLeadRequest, v1::ConvertLeadResponse> convert_lead_;
};

}  // namespace crm::lead
