#pragma once

#include "common/rpc/validation.h"
#include "crm/opportunity/v1/opportunity.pb.h"

// What is wrong with the line items, and with what sellers keep, of the opportunity in a request.
// Paths begin with "opportunity.".
namespace crm::opportunity {

void CheckLineItems(const v1::Opportunity& message, rpc::Validation& v);
void CheckCompetitors(const v1::Opportunity& message, rpc::Validation& v);
void CheckTeam(const v1::Opportunity& message, rpc::Validation& v);

}  // namespace crm::opportunity
