#pragma once

#include "common/rpc/call_context.h"
#include "crm/opportunity/v1/opportunity_service.pb.h"
#include "services/lead/domain/opportunity_order.h"

// Orders as calls of the opportunity service.
namespace crm::lead {

// On whose behalf an order is given, and until when.
rpc::CallContext ContextOf(const OpportunityOrder& order);

// Of an order whose plan names no opportunity.
void Fill(const OpportunityOrder& order, opportunity::v1::OpenOpportunityRequest& request);

// Of one whose plan does.
void Fill(const OpportunityOrder& order, opportunity::v1::AttachLeadRequest& request);

}  // namespace crm::lead
