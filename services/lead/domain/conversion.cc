#include "services/lead/domain/conversion.h"

#include "absl/strings/str_cat.h"
#include "common/error/refusals.h"

namespace crm::lead {

base::Uuid ConversionIdOf(absl::string_view tenant, const base::Uuid& request_id) {
  return base::Uuid::V5(request_id, absl::StrCat("crm/lead/conversion/", tenant));
}

base::Uuid OpportunityIdOf(const base::Uuid& conversion) {
  return base::Uuid::V5(conversion, "opportunity-id");
}

base::Uuid OpportunityIdOf(const base::Uuid& conversion, const ConversionPlan& plan) {
  return plan.opportunity.value_or(OpportunityIdOf(conversion));
}

base::Uuid OpportunityRequestIdOf(const base::Uuid& conversion) {
  return base::Uuid::V5(conversion, "opportunity");
}

base::Uuid OrganizationIdOf(const base::Uuid& conversion) {
  return base::Uuid::V5(conversion, "organization-id");
}

base::Uuid OrganizationRequestIdOf(const base::Uuid& conversion) {
  return base::Uuid::V5(conversion, "organization");
}

base::Uuid EmploymentRequestIdOf(const base::Uuid& conversion) {
  return base::Uuid::V5(conversion, "employment");
}

std::string ConversionResource(const base::Uuid& request_id) {
  return absl::StrCat(kConversions, "/", request_id.ToString());
}

absl::Status RequestIdReused(const base::Uuid& request_id) {
  return error::RequestIdReused(request_id.ToString());
}

}  // namespace crm::lead
