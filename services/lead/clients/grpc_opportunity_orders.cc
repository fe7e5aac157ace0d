#include "services/lead/clients/grpc_opportunity_orders.h"

#include "common/rpc/proto_values.h"
#include "common/rpc/resource_name.h"

namespace crm::lead {
namespace {

namespace pb = ::crm::opportunity::v1;

// What an order says of the opportunity, new or not.
void FillFacts(const OpportunityOrder& order, pb::Opportunity& opportunity) {
  opportunity.set_contact(rpc::FormatName("contacts", order.contact));
  opportunity.set_lead(LeadName(order.lead));
  opportunity.set_owner(order.plan.owner);
  if (order.plan.amount.has_value()) {
    opportunity.mutable_amount()->set_currency_code(order.plan.amount->currency);
    opportunity.mutable_amount()->set_amount_minor(order.plan.amount->minor);
  }
  if (order.plan.expected_close_date.has_value()) {
    rpc::SetDay(*order.plan.expected_close_date, opportunity.mutable_expected_close_date());
  }
  pb::ContactRole& role = *opportunity.add_contact_roles();
  role.set_contact(opportunity.contact());
  role.set_role(static_cast<type::v1::BuyingRole>(order.buying_role));
  role.set_primary(true);
  opportunity.set_lead_source(static_cast<type::v1::LeadSource>(order.source));
  for (const std::string& interest : order.interests) opportunity.add_interests(interest);
  opportunity.mutable_attributes()->insert(order.attributes.begin(), order.attributes.end());
  for (const std::string& need : order.needs) opportunity.add_needs()->set_text(need);
  opportunity.set_external_id(order.external_id);
}

}  // namespace

rpc::CallContext ContextOf(const OpportunityOrder& order) {
  rpc::CallContext context;
  context.tenant = order.tenant;
  if (!order.actor.empty()) context.actor = order.actor;
  context.traceparent = order.traceparent;
  context.deadline = order.deadline;
  return context;
}

void Fill(const OpportunityOrder& order, pb::OpenOpportunityRequest& request) {
  request.set_opportunity_id(order.opportunity.ToString());
  request.set_request_id(order.request_id.ToString());
  rpc::SetTime(order.effective_time, request.mutable_effective_time());
  pb::Opportunity& opportunity = *request.mutable_opportunity();
  opportunity.set_display_name(order.plan.display_name);
  opportunity.set_pipeline(order.plan.pipeline);
  FillFacts(order, opportunity);
}

void Fill(const OpportunityOrder& order, pb::AttachLeadRequest& request) {
  request.set_name(OpportunityName(order.opportunity));
  request.set_request_id(order.request_id.ToString());
  if (order.plan.organization) {
    request.set_organization(rpc::FormatName("contacts", *order.plan.organization));
  }
  FillFacts(order, *request.mutable_opportunity());
}

}  // namespace crm::lead
