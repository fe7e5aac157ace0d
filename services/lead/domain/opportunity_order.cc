#include "services/lead/domain/opportunity_order.h"

namespace crm::lead {
namespace {

// What was seen of the need, if it was found to be there at least in part.
std::vector<std::string> NeedsOf(const Lead& lead) {
  std::vector<std::string> needs;
  for (const Assessment& assessment : lead.assessments) {
    const bool found =
        assessment.finding == Finding::kMet || assessment.finding == Finding::kPartlyMet;
    if (assessment.criterion != Criterion::kNeed || !found) continue;
    if (!assessment.observation.empty()) needs.push_back(assessment.observation);
  }
  return needs;
}

}  // namespace

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
  order.source = lead.source;
  order.interests = lead.interests;
  order.attributes = lead.attributes;
  order.needs = NeedsOf(lead);
  order.external_id = lead.external_id;
  order.effective_time = conversion.effective_time;
  return order;
}

EmploymentOrder EmploymentOrderFor(const Lead& lead) {
  const Conversion& conversion = *lead.conversion;
  EmploymentOrder order;
  order.tenant = lead.tenant;
  order.actor = conversion.actor;
  order.traceparent = conversion.traceparent;
  order.conversion = conversion.id;
  order.contact = lead.contact;
  order.employer = conversion.plan.employer.value_or(PlannedEmployer());
  return order;
}

}  // namespace crm::lead
