#include "services/contact/domain/contact_state.h"

namespace crm::contact {

LifecycleStage StageOf(bool customer, const LiveThings& live) {
  if (customer) return LifecycleStage::kCustomer;
  if (live.opportunities > 0) return LifecycleStage::kOpportunity;
  if (live.leads > 0) return LifecycleStage::kLead;
  return LifecycleStage::kContact;
}

}  // namespace crm::contact
