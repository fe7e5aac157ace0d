#pragma once

#include <vector>

#include "crm/opportunity/v1/milestone.pb.h"
#include "crm/opportunity/v1/opportunity.pb.h"
#include "services/opportunity/domain/opportunity.h"

// The milestones and contact roles of messages ⇄ values; as conversion.h.
namespace crm::opportunity {

std::vector<Need> NeedsFrom(const v1::Opportunity& message);
PresentSupplier SupplierFrom(const v1::PresentSupplier& message);
PaymentTerms TermsFrom(const v1::PaymentTerms& message);
Contract ContractFrom(const v1::Contract& message);
std::vector<ContactRole> RolesFrom(const v1::Opportunity& message);

// All of them; what is empty stays unset.
void MilestonesToMessage(const Opportunity& opportunity, v1::Opportunity& message);

}  // namespace crm::opportunity
