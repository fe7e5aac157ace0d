#include "services/lead/domain/opportunity_order.h"

namespace crm::lead {

OpportunityOrder OrderFor(const Lead& lead) {
  const Conversion& conversion = *lead.conversion;
  OpportunityOrder order;
  order.tenant = lead.tenant;
  order.actor = conversion.actor;
  order.traceparent = conversion.traceparent;
  order.opportunity = conversion.opportunity;
  order.request_id = OpportunityRequestIdOf(conversion.id);
  order.lead = lead.id;
  order.contact = lead.contact;
  order.buying_role = lead.buying_role;
  order.plan = conversion.plan;
  if (order.plan.owner.empty()) order.plan.owner = lead.owner;
  order.interests = lead.interests;
  order.external_id = lead.external_id;
  order.effective_time = conversion.effective_time;
  return order;
}

}  // namespace crm::lead
