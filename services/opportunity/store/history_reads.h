#pragma once

#include <optional>

#include "absl/status/status.h"
#include "services/opportunity/store/deal_reads.h"

namespace crm::opportunity {

// Calls the reading's `visit` for the things of `listed`, which are in order, or without for all of
// the tenant, by their stage histories alone, as they are now.
absl::Status TellOfHistories(const Reading& of, const std::optional<DealIds>& listed);

}  // namespace crm::opportunity
