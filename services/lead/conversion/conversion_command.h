#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "services/lead/domain/ports.h"

namespace crm::lead {

// The operator's command "conversions", over all tenants:
//   list            prints those that need attention, oldest first, one a line: id, tenant, lead,
//                   opportunity, attempts, last error, time of the last attempt, parted by tabs
//   retry ID|all    has them tried anew
//   give-up ID      ends one: its lead is QUALIFIED again, unless the opportunity turns out to be
//                   there, then the conversion is completed
// A running replica does the rest within seconds, a half minute if given up. INVALID_ARGUMENT for
// other arguments, NOT_FOUND if nothing with that id needs attention, or a database error. Blocks.
absl::Status RunConversions(ConversionStore& store, const base::Clock& clock,
                            const std::vector<std::string>& arguments);

}  // namespace crm::lead
