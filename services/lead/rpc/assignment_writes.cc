#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/error/error.h"
#include "common/rpc/resource_name.h"
#include "common/serving/batch_write.h"
#include "common/serving/changes.h"
#include "common/serving/list_page.h"
#include "services/lead/domain/lead_assignment.h"
#include "services/lead/rpc/assignment_handlers.h"
#include "services/lead/rpc/assignment_proto.h"
#include "services/lead/rpc/lead_filters.h"
#include "services/lead/rpc/lead_handlers.h"

namespace crm::lead {
namespace {

using DealCall = rpc::Call<v1::AssignLeadsRequest, v1::AssignLeadsResponse>;

// At most so many leads are dealt by a call that names none: those that have no owner.
constexpr int kMostDealtAtOnce = 500;
constexpr char kUnowned[] = "owner = \"\" AND state IN (NEW, WORKING, QUALIFIED)";

// How often a call is tried whose rules are changed while it is under way.
constexpr int kMostDeals = 4;

void FinishWith(const absl::StatusOr<aggregate::Answer>& answer, auto& call) {
  if (answer.ok()) {
    call.FinishSerialized(answer->bytes, answer->replayed);
  } else {
    call.Finish(answer.status());
  }
}

// The leads to deal: those that are named, or the oldest without an owner.
absl::StatusOr<std::vector<Lead>> LeadsToDeal(const Ports& ports, const DealCall& call) {
  const v1::AssignLeadsRequest& request = call.request();
  const rpc::CallContext& context = call.context();
  std::vector<Lead> leads;
  if (request.leads_size() > 0) {
    std::vector<aggregate::Key> keys;
    for (const std::string& name : request.leads()) {
      keys.push_back(serving::KeyOf(context, name, kLeads));
    }
    for (auto& lead : ports.leads.Get(keys, context.deadline)) {
      if (!lead.ok() && !absl::IsNotFound(lead.status())) return lead.status();
      if (lead.ok()) leads.push_back(*std::move(lead));
    }
    return leads;
  }
  const listing::Order* const order = &listing::kByCreateTime;
  serving::ListArguments arguments{request.filter(), "", "", kMostDealtAtOnce};
  CRM_ASSIGN_OR_RETURN(listing::Query query,
                       serving::QueryOf(context, arguments, LeadFields(), {&order, 1}));
  CRM_ASSIGN_OR_RETURN(const listing::Query unowned,
                       serving::QueryOf(context, {kUnowned}, LeadFields(), {&order, 1}));
  query.conditions.insert(query.conditions.end(), unowned.conditions.begin(),
                          unowned.conditions.end());
  query.limit = kMostDealtAtOnce;
  return ports.reads.List(query, context.deadline);
}

// What the rules ask about the leads' contacts.
absl::Status AddCountries(const Ports& ports, const rpc::CallContext& context,
                          const std::vector<Lead>& leads, DealOrder& order) {
  std::vector<base::Uuid> contacts;
  for (const Lead& lead : leads) {
    if (order.countries.emplace(lead.contact, "").second) contacts.push_back(lead.contact);
  }
  if (contacts.empty()) return absl::OkStatus();
  CRM_ASSIGN_OR_RETURN(const auto places,
                       ports.organizations.Find(context.tenant, contacts, context.deadline));
  for (size_t i = 0; i < contacts.size(); ++i) order.countries[contacts[i]] = places[i].country;
  return absl::OkStatus();
}

// The order, but for what follows from the rules.
absl::StatusOr<DealOrder> OrderOf(const Ports& ports, const DealCall& call,
                                  const std::vector<Lead>& leads) {
  const rpc::CallContext& context = call.context();
  DealOrder order;
  order.tenant = context.tenant;
  for (const std::string& name : call.request().leads()) {
    order.leads.push_back(serving::KeyOf(context, name, kLeads).id);
  }
  if (order.leads.empty()) {
    for (const Lead& lead : leads) order.leads.push_back(lead.id);
  }
  const PolicyQuestion question{context.tenant};
  const auto policy = ports.policies.Find(absl::MakeConstSpan(&question, 1), context.deadline);
  if (!policy[0].ok()) return policy[0].status();
  order.policy = *policy[0];
  order.request = serving::RequestOf(context, call.request());
  order.author = serving::AuthorOf(context);
  order.now = ports.clock.Now();
  return order;
}

absl::StatusOr<aggregate::Answer> DealOnce(const Ports& ports, const DealCall& call,
                                           const std::vector<Lead>& leads) {
  const rpc::CallContext& context = call.context();
  CRM_ASSIGN_OR_RETURN(DealOrder order, OrderOf(ports, call, leads));
  CRM_ASSIGN_OR_RETURN(const RulesRevision rules,
                       ports.assignments.Find(context.tenant, 0, context.deadline));
  order.rules_revision = rules.rules.revision;
  if (AskForCountry(rules.rules)) {
    CRM_RETURN_IF_ERROR(AddCountries(ports, context, leads, order));
  }
  order.answer = [revision = order.rules_revision](absl::Span<const Dealt> dealt) {
    v1::AssignLeadsResponse response;
    for (const Dealt& one : dealt) ToProto(one, *response.add_assignments());
    response.set_rules_revision(revision);
    return response.SerializeAsString();
  };
  return ports.assignments.Deal(order, context.deadline);
}

absl::StatusOr<aggregate::Answer> Deal(const Ports& ports, const DealCall& call) {
  if (const auto request = serving::RequestOf(call.context(), call.request())) {
    CRM_ASSIGN_OR_RETURN(auto first, ports.reads.FirstAnswer(call.context().tenant, *request,
                                                             call.context().deadline));
    if (first.has_value()) return aggregate::Answer{*std::move(first), true};
  }
  absl::StatusOr<aggregate::Answer> answer = aggregate::Answer();
  for (int turn = 0; turn < kMostDeals; ++turn) {
    CRM_ASSIGN_OR_RETURN(const std::vector<Lead> leads, LeadsToDeal(ports, call));
    answer = DealOnce(ports, call, leads);
    if (error::ReasonOf(answer.status()) != error::kWriteConflict) break;
  }
  return answer;
}

}  // namespace

void UpdateAssignmentRules(
    const Ports& ports,
    rpc::Calls<v1::UpdateAssignmentRulesRequest, v1::UpdateAssignmentRulesResponse> calls) {
  for (auto* call : calls) {
    const v1::UpdateAssignmentRulesRequest& request = call->request();
    RulesUpdate update;
    update.tenant = call->context().tenant;
    update.rules = FromProto(request.rules());
    update.etag = request.rules().etag();
    update.request = serving::RequestOf(call->context(), request);
    update.actor = call->context().actor;
    update.now = ports.clock.Now();
    update.answer = [](const RulesRevision& revision) {
      v1::UpdateAssignmentRulesResponse response;
      ToProto(revision, *response.mutable_rules());
      return response.SerializeAsString();
    };
    FinishWith(ports.assignments.Update(update, call->context().deadline), *call);
  }
}

void AssignLeadsToOwners(const Ports& ports,
                         rpc::Calls<v1::AssignLeadRequest, v1::AssignLeadResponse> calls) {
  serving::AnswerMoves(ports.leads, kLeads, ports, calls, LeadAnswer<v1::AssignLeadResponse>,
                       [](Lead& lead, const auto& request, const Occasion& occasion) {
                         return Assign(lead, request.owner(),
                                       {request.reason(), "", 0, occasion.actor, occasion.now});
                       });
}

void DealLeads(const Ports& ports,
               rpc::Calls<v1::AssignLeadsRequest, v1::AssignLeadsResponse> calls) {
  for (auto* call : calls) FinishWith(Deal(ports, *call), *call);
}

}  // namespace crm::lead
