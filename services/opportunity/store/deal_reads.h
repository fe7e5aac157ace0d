#pragma once

#include <algorithm>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/pg/snapshot.h"
#include "services/opportunity/store/deal_stages.h"
#include "services/opportunity/store/report_reads.h"

namespace crm::opportunity {

// Opportunities that are read and told at a time.
inline constexpr int64_t kPiece = 2000;

// What the parts of one reading for a report share.
struct Reading {
  pg::Snapshot& snapshot;
  const std::string& tenant;
  const DealNeeds& needs;
  DealChanges& changes;
  int64_t most_changes;
  const std::function<absl::Status(const Deal&)>& visit;

  // What was written by then is in effect at the viewpoint.
  absl::Time Viewed() const { return std::min(needs.view.at, needs.view.known_at); }
};

// Gives `deals`, which have their present version and, where they were written since the viewpoint,
// their stage changes, the versions that the viewpoint needs. From the nearest side: forward from
// the last stage change before the instant where that tells all that is asked for, else back from
// the present. Where a write is missing, as of a time before there was field history, the fields
// are taken to have been the same before.
absl::Status ReadVersions(const Reading& of, absl::Span<Deal> deals);

}  // namespace crm::opportunity
