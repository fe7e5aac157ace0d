#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/opportunity/store/report_reading.h"

namespace crm::opportunity {

// Gives `deals`, which have their present version and, where they were written since the viewpoint,
// their stage changes, the versions that the viewpoint needs. From the nearest side: forward from
// the last stage change before the instant where that tells all that is asked for, else back from
// the present. Where a write is missing, as of a time before there was field history, the fields
// are taken to have been the same before.
absl::Status ReadVersions(const Reading& of, absl::Span<Deal> deals);

}  // namespace crm::opportunity
