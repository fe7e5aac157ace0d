#pragma once

#include "absl/status/status.h"
#include "common/aggregate/list_query.h"

namespace crm::contact {

// Replaces the condition's value "contacts/{uuid}" by the id. INVALID_ARGUMENT FILTER_INVALID if it
// is no such name.
absl::Status ReadContactName(aggregate::Condition& condition);

}  // namespace crm::contact
