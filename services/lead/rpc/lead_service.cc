#include "services/lead/rpc/lead_service.h"

#include "absl/strings/str_cat.h"
#include "services/lead/rpc/lead_checks.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {
namespace {

rpc::MethodOptions OptionsOf(const char* method, rpc::Lane lane, size_t batch_limit) {
  return {absl::StrCat("crm.lead.v1.LeadService/", method), lane, batch_limit};
}

template <class Req>
auto ValidatorOf() {
  return [](const Req& request, rpc::Validation& v) { Validate(request, v); };
}

}  // namespace

LeadRpc::LeadRpc(const rpc::Binding& binding, const rpc::Binding& conversions, const Ports& ports)
    : ports_(ports),
      get_lead_(binding, OptionsOf("GetLead", rpc::Lane::kRead, 64),
                ValidatorOf<v1::GetLeadRequest>(),
                [this](Calls<v1::GetLeadRequest, v1::GetLeadResponse> calls) {
                  lead::GetLeads(ports_, calls);
                }),
      batch_get_leads_(binding, OptionsOf("BatchGetLeads", rpc::Lane::kRead, 4),
                       ValidatorOf<v1::BatchGetLeadsRequest>(),
                       [this](Calls<v1::BatchGetLeadsRequest, v1::BatchGetLeadsResponse> calls) {
                         lead::BatchGetLeads(ports_, calls);
                       }),
      list_leads_(binding, OptionsOf("ListLeads", rpc::Lane::kRead, 1),
                  ValidatorOf<v1::ListLeadsRequest>(),
                  [this](const rpc::CallContext& context, const v1::ListLeadsRequest& request,
                         v1::ListLeadsResponse& response) {
                    return lead::ListLeads(ports_, context, request, response);
                  }),
      evaluate_lead_(binding, OptionsOf("EvaluateLead", rpc::Lane::kRead, 64),
                     ValidatorOf<v1::EvaluateLeadRequest>(),
                     [this](Calls<v1::EvaluateLeadRequest, v1::EvaluateLeadResponse> calls) {
                       lead::EvaluateLeads(ports_, calls);
                     }),
      create_lead_(binding, OptionsOf("CreateLead", rpc::Lane::kWrite, 64),
                   ValidatorOf<v1::CreateLeadRequest>(),
                   [this](Calls<v1::CreateLeadRequest, v1::CreateLeadResponse> calls) {
                     lead::CreateLeads(ports_, calls);
                   }),
      update_lead_(binding, OptionsOf("UpdateLead", rpc::Lane::kWrite, 64),
                   ValidatorOf<v1::UpdateLeadRequest>(),
                   [this](Calls<v1::UpdateLeadRequest, v1::UpdateLeadResponse> calls) {
                     lead::UpdateLeads(ports_, calls);
                   }),
      log_activity_(binding, OptionsOf("LogActivity", rpc::Lane::kWrite, 64),
                    ValidatorOf<v1::LogActivityRequest>(),
                    [this](Calls<v1::LogActivityRequest, v1::LogActivityResponse> calls) {
                      lead::LogActivities(ports_, calls);
                    }),
      assess_criterion_(
          binding, OptionsOf("AssessCriterion", rpc::Lane::kWrite, 64),
          ValidatorOf<v1::AssessCriterionRequest>(),
          [this](Calls<v1::AssessCriterionRequest, v1::AssessCriterionResponse> calls) {
            lead::AssessCriteria(ports_, calls);
          }),
      qualify_lead_(binding, OptionsOf("QualifyLead", rpc::Lane::kWrite, 64),
                    ValidatorOf<v1::QualifyLeadRequest>(),
                    [this](Calls<v1::QualifyLeadRequest, v1::QualifyLeadResponse> calls) {
                      lead::QualifyLeads(ports_, calls);
                    }),
      disqualify_lead_(binding, OptionsOf("DisqualifyLead", rpc::Lane::kWrite, 64),
                       ValidatorOf<v1::DisqualifyLeadRequest>(),
                       [this](Calls<v1::DisqualifyLeadRequest, v1::DisqualifyLeadResponse> calls) {
                         lead::DisqualifyLeads(ports_, calls);
                       }),
      reopen_lead_(binding, OptionsOf("ReopenLead", rpc::Lane::kWrite, 64),
                   ValidatorOf<v1::ReopenLeadRequest>(),
                   [this](Calls<v1::ReopenLeadRequest, v1::ReopenLeadResponse> calls) {
                     lead::ReopenLeads(ports_, calls);
                   }),
      convert_lead_(conversions, OptionsOf("ConvertLead", rpc::Lane::kWrite, 64),
                    ValidatorOf<v1::ConvertLeadRequest>(),
                    [this](Calls<v1::ConvertLeadRequest, v1::ConvertLeadResponse> calls) {
                      lead::ConvertLeads(ports_, calls);
                    }) {}

grpc::ServerUnaryReactor* LeadRpc::GetLead(grpc::CallbackServerContext* context,
                                           const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) {
  return get_lead_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::BatchGetLeads(grpc::CallbackServerContext* context,
                                                 const grpc::ByteBuffer* request,
                                                 grpc::ByteBuffer* response) {
  return batch_get_leads_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::ListLeads(grpc::CallbackServerContext* context,
                                             const grpc::ByteBuffer* request,
                                             grpc::ByteBuffer* response) {
  return list_leads_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::EvaluateLead(grpc::CallbackServerContext* context,
                                                const grpc::ByteBuffer* request,
                                                grpc::ByteBuffer* response) {
  return evaluate_lead_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::CreateLead(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
  return create_lead_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::UpdateLead(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
  return update_lead_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::LogActivity(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) {
  return log_activity_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::AssessCriterion(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) {
  return assess_criterion_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::QualifyLead(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) {
  return qualify_lead_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::DisqualifyLead(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  return disqualify_lead_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::ReopenLead(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
  return reopen_lead_.Start(context, request, response);
}

grpc::ServerUnaryReactor* LeadRpc::ConvertLead(grpc::CallbackServerContext* context,
                                               const grpc::ByteBuffer* request,
                                               grpc::ByteBuffer* response) {
  return convert_lead_.Start(context, request, response);
}

}  // namespace crm::lead
