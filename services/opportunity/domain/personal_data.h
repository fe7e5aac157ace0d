#pragma once

#include "common/base/personal_data.h"

namespace crm::opportunity {

// What the service stores of persons. What erases reads these alone: a new column or field that
// tells of a person is a row here.
const base::PersonalData& PersonalDataOfOpportunities();

// The other columns that could hold text.
base::ImpersonalColumns ImpersonalColumnsOfOpportunities();

}  // namespace crm::opportunity
