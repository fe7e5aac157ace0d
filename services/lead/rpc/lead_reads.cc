#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/proto_values.h"
#include "common/serving/batch_read.h"
#include "common/serving/list_page.h"
#include "common/serving/requests.h"
#include "common/serving/revisions.h"
#include "services/lead/rpc/lead_filters.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {
namespace {

absl::Status Evaluate(const Ports& ports, const v1::EvaluateLeadRequest& request, const Lead& lead,
                      v1::EvaluateLeadResponse& response, base::Deadline deadline) {
  const absl::Time now = ports.clock.Now();
  if (!request.has_evaluate_time()) {
    ToProto(Judge(lead.assessments, DefaultPolicy(), now), *response.mutable_verdict());
    return absl::OkStatus();
  }
  const absl::Time time = rpc::TimeFrom(request.evaluate_time());
  if (time > now) return error::FieldInvalid("evaluate_time", "must not be in the future");
  CRM_ASSIGN_OR_RETURN(const std::vector<Assessment> then,
                       ports.reads.AssessmentsAsOf({lead.tenant, lead.id}, time, deadline));
  ToProto(Judge(then, DefaultPolicy(), time), *response.mutable_verdict());
  return absl::OkStatus();
}

}  // namespace

void GetLeads(const Ports& ports, Calls<v1::GetLeadRequest, v1::GetLeadResponse> calls) {
  serving::AnswerGetsAsOf(
      calls, serving::KeysIn(kLeads), serving::GetFrom(ports.leads),
      [&ports](const auto&... what) { return ports.reads.AsOf(what...); },
      [](auto& call, const Lead& lead) { ToProto(lead, *call.response().mutable_lead()); });
}

void BatchGetLeads(const Ports& ports,
                   Calls<v1::BatchGetLeadsRequest, v1::BatchGetLeadsResponse> calls) {
  serving::AnswerBatchGets(
      calls, serving::KeysIn(kLeads), serving::GetFrom(ports.leads),
      [](auto& response, const Lead& lead) { ToProto(lead, *response.add_leads()); });
}

absl::Status ListLeads(const Ports& ports, const rpc::CallContext& context,
                       const v1::ListLeadsRequest& request, v1::ListLeadsResponse& response) {
  return serving::AnswerList<Lead>(
      context, request, response, LeadFields(), listing::kCreateTimeOrder<Lead>,
      [&](const listing::Query& query) { return ports.reads.List(query, context.deadline); },
      [&](const Lead& lead) -> const v1::Lead& {
        v1::Lead& message = *response.add_leads();
        ToProto(lead, message);
        return message;
      });
}

void EvaluateLeads(const Ports& ports,
                   Calls<v1::EvaluateLeadRequest, v1::EvaluateLeadResponse> calls) {
  serving::AnswerGets(calls, serving::KeysIn(kLeads), serving::GetFrom(ports.leads),
                      [&](auto& call, const Lead& lead, base::Deadline deadline) {
                        return Evaluate(ports, call.request(), lead, call.response(), deadline);
                      });
}

absl::Status ListRevisions(const Ports& ports, const rpc::CallContext& context,
                           const v1::ListRevisionsRequest& request,
                           v1::ListRevisionsResponse& response) {
  const aggregate::Key key = serving::KeyOf(context, request.name(), kLeads);
  return serving::AnswerRevisions<v1::Lead>(
      context, request, response,
      [&](int64_t after, int limit) {
        return ports.reads.Revisions(key, after, limit, context.deadline);
      },
      [&] { return ports.leads.Get(absl::MakeConstSpan(&key, 1), context.deadline)[0].status(); },
      [](const Lead& lead, v1::Lead& message) { ToProto(lead, message); });
}

}  // namespace crm::lead
