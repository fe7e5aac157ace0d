#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

std::string OpportunityName(const base::Uuid& id) {
  std::string name = "opportunities/";
  id.AppendTo(&name);
  return name;
}

std::string NameOf(const Opportunity& opportunity) { return OpportunityName(opportunity.id); }

}  // namespace crm::opportunity
