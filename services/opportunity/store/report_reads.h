#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/pg/pool.h"
#include "services/opportunity/domain/pipeline.h"
#include "services/opportunity/domain/report_deal.h"

namespace crm::opportunity {

// Which opportunities a report needs, and what of them. More than that may come.
struct DealNeeds {
  Viewpoint view;
  // The stage changes of all; without it only of those for which the viewpoint needs them.
  bool changes = false;
  // All versions since then, not only since the viewpoint.
  std::optional<absl::Time> versions_since;
  // Only those made since then.
  std::optional<absl::Time> made_since;
  // Only those written since then.
  std::optional<absl::Time> written_since;
  // Only those that are open now or were written after the viewpoint.
  bool open = false;
};

// What a report stands on.
struct ReportGround {
  std::vector<Pipeline> pipelines;  // oldest first; the default one always
  int64_t last_sequence = 0;        // of the event stream
};

// Reads for reports, all of one call from one snapshot of the database. Thread-safe; blocks for
// several round trips.
class ReportReads {
 public:
  // `pool` must outlive the reads.
  explicit ReportReads(pg::Pool& pool) : pool_(pool) {}

  // Calls `begin` once, then `visit` for each opportunity of the tenant, in the order of ids. The
  // first error of either ends it. DATA_LOSS DATA_DAMAGED if a row cannot be read.
  absl::Status Read(const std::string& tenant, const DealNeeds& needs, base::Deadline deadline,
                    const std::function<absl::Status(const ReportGround&)>& begin,
                    const std::function<absl::Status(const Deal&)>& visit) const;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::opportunity
