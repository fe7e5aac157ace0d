#pragma once

#include <string>

#include "absl/status/status.h"
#include "services/lead/domain/lead.h"
#include "services/lead/domain/occasion.h"

namespace crm::lead {

// Whether a lead waits for work or is worked: NEW, WORKING or QUALIFIED.
bool IsWorkable(LeadState state);

// The same, and those that are being converted.
bool IsLive(LeadState state);

// Gives the lead to `owner`. FAILED_PRECONDITION STATE_INVALID while CONVERTING,
// and if it is deleted.
absl::Status Assign(Lead& lead, const std::string& owner, const Assignment& assignment);

}  // namespace crm::lead
