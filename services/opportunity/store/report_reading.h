#pragma once

#include <algorithm>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "common/pg/snapshot.h"
#include "services/opportunity/store/deal_stages.h"
#include "services/opportunity/store/report_reads.h"

namespace crm::opportunity {

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

}  // namespace crm::opportunity
