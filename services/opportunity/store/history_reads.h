#pragma once

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "common/base/uuid.h"
#include "services/opportunity/store/deal_reads.h"

namespace crm::opportunity {

// Calls the reading's `visit` for the things of `listed`, which are in order, or without for all of
// the tenant, by their stage histories alone, as they are now. While one piece is visited the next
// one is fetched.
absl::Status TellOfHistories(const Reading& of,
                             const std::optional<std::vector<base::Uuid>>& listed);

}  // namespace crm::opportunity
