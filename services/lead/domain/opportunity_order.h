#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/base/uuid.h"
#include "services/lead/domain/conversion.h"
#include "services/lead/domain/lead.h"

namespace crm::lead {

// An opportunity to be opened for a lead. Equal for every attempt of a conversion, deadline apart.
struct OpportunityOrder {
  std::string tenant;
  std::string actor;
  std::string traceparent;
  base::Deadline deadline = base::Deadline::None();
  base::Uuid opportunity;
  base::Uuid request_id;
  base::Uuid lead;
  base::Uuid contact;
  BuyingRole buying_role = BuyingRole::kUnspecified;
  ConversionPlan plan;  // with the owner filled in
  LeadSource source = LeadSource::kUnspecified;
  std::vector<std::string> interests;
  std::map<std::string, std::string> attributes;
  std::vector<std::string> needs;  // in words; none of them confirmed by the customer
  std::string external_id;
  absl::Time effective_time;
};

// The order for a lead that is CONVERTING, without deadline.
OpportunityOrder OrderFor(const Lead& lead);

// That the contact of a converted lead works in an organization. Equal for every attempt of a
// conversion, deadline apart.
struct EmploymentOrder {
  std::string tenant;
  std::string actor;
  std::string traceparent;
  base::Deadline deadline = base::Deadline::None();
  base::Uuid conversion;
  base::Uuid contact;
  PlannedEmployer employer;
};

// The order for a lead that is CONVERTING and whose plan names an employer, without deadline.
EmploymentOrder EmploymentOrderFor(const Lead& lead);

}  // namespace crm::lead
