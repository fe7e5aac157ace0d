#include "services/lead/rpc/lead_handlers.h"

#include <utility>

#include "common/base/status.h"
#include "common/error/error.h"
#include "common/serving/batch_write.h"
#include "common/serving/list_page.h"

namespace crm::lead {
namespace {

using Found = std::vector<absl::StatusOr<Lead>>;

const std::vector<rpc::FilterField>& FilterFields() {
  static const auto* const kFields = [] {
    std::vector<std::string> states;
    for (const auto& [state, name] : kLeadStateNames) {
      if (state != LeadState::kUnspecified) states.emplace_back(name);
    }
    std::vector<std::string> sources;
    for (const auto& [source, name] : kLeadSourceNames) sources.emplace_back(name);
    const std::vector<rpc::FilterOp> equal = {rpc::FilterOp::kEqual};
    return new std::vector<rpc::FilterField>{
        {"state", rpc::FilterType::kEnum, equal, states},
        {"owner", rpc::FilterType::kText, equal, {}},
        {"contact", rpc::FilterType::kText, equal, {}},
        {"source", rpc::FilterType::kEnum, equal, sources},
        {"external_id", rpc::FilterType::kText, equal, {}},
        {"create_time",
         rpc::FilterType::kTimestamp,
         {rpc::FilterOp::kGreaterOrEqual, rpc::FilterOp::kLessOrEqual},
         {}}};
  }();
  return *kFields;
}

// Reads the leads that `calls` name, one each.
template <class CallType>
Found GetNamed(const Ports& ports, absl::Span<CallType* const> calls) {
  std::vector<aggregate::Key> keys;
  keys.reserve(calls.size());
  for (const CallType* call : calls) keys.push_back(KeyOf(call->context(), call->request().name()));
  return ports.leads.Get(keys, serving::BatchDeadline(calls));
}

absl::Status Evaluate(const Ports& ports, const rpc::CallContext& context,
                      const v1::EvaluateLeadRequest& request, const Lead& lead,
                      v1::EvaluateLeadResponse& response) {
  const absl::Time now = ports.clock.Now();
  if (!request.has_evaluate_time()) {
    ToProto(Judge(lead.assessments, DefaultPolicy(), now), *response.mutable_verdict());
    return absl::OkStatus();
  }
  const absl::Time time = rpc::TimeFrom(request.evaluate_time());
  if (time > now) return error::FieldInvalid("evaluate_time", "must not be in the future");
  CRM_ASSIGN_OR_RETURN(const std::vector<Assessment> then,
                       ports.reads.AssessmentsAsOf({lead.tenant, lead.id}, time, context.deadline));
  ToProto(Judge(then, DefaultPolicy(), time), *response.mutable_verdict());
  return absl::OkStatus();
}

}  // namespace

void GetLeads(const Ports& ports, Calls<v1::GetLeadRequest, v1::GetLeadResponse> calls) {
  const Found found = GetNamed(ports, calls);
  for (size_t i = 0; i < calls.size(); ++i) {
    if (found[i].ok()) ToProto(*found[i], *calls[i]->response().mutable_lead());
    calls[i]->Finish(found[i].status());
  }
}

void BatchGetLeads(const Ports& ports,
                   Calls<v1::BatchGetLeadsRequest, v1::BatchGetLeadsResponse> calls) {
  std::vector<aggregate::Key> keys;
  for (const auto* call : calls) {
    for (const std::string& name : call->request().names()) {
      keys.push_back(KeyOf(call->context(), name));
    }
  }
  const Found found = ports.leads.Get(keys, serving::BatchDeadline(calls));
  size_t at = 0;
  for (auto* call : calls) {
    absl::Status failure;
    for (const std::string& name : call->request().names()) {
      const absl::StatusOr<Lead>& lead = found[at++];
      if (lead.ok()) {
        ToProto(*lead, *call->response().add_leads());
      } else if (absl::IsNotFound(lead.status())) {
        call->response().add_missing_names(name);
      } else {
        failure = lead.status();
      }
    }
    call->Finish(failure);
  }
}

absl::Status ListLeads(const Ports& ports, const rpc::CallContext& context,
                       const v1::ListLeadsRequest& request, v1::ListLeadsResponse& response) {
  const serving::ListArguments arguments{request.filter(), request.order_by(), request.page_token(),
                                         std::min(request.page_size(), rpc::kMaxPageSize)};
  CRM_ASSIGN_OR_RETURN(const aggregate::ListQuery query,
                       serving::QueryOf(context, arguments, FilterFields(), ports.page_tokens));
  CRM_ASSIGN_OR_RETURN(const std::vector<Lead> leads, ports.reads.List(query, context.deadline));
  const size_t page = static_cast<size_t>(serving::PageSizeOf(query));
  for (size_t i = 0; i < std::min(page, leads.size()); ++i) {
    ToProto(leads[i], *response.add_leads());
  }
  if (leads.size() > page) {
    const Lead& last = leads[page - 1];
    response.set_next_page_token(
        serving::NextToken(context, arguments, ports.page_tokens, last.create_time, last.id));
  }
  return absl::OkStatus();
}

void EvaluateLeads(const Ports& ports,
                   Calls<v1::EvaluateLeadRequest, v1::EvaluateLeadResponse> calls) {
  const Found found = GetNamed(ports, calls);
  for (size_t i = 0; i < calls.size(); ++i) {
    auto& call = *calls[i];
    call.Finish(found[i].ok()
                    ? Evaluate(ports, call.context(), call.request(), *found[i], call.response())
                    : found[i].status());
  }
}

}  // namespace crm::lead
