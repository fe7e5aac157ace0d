#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/steady_clock.h"
#include "common/base/tenant_key.h"
#include "common/base/uuid.h"
#include "common/pg/pool.h"

namespace crm::lead {

// A lead that came to an end, and what it takes to tell it as it was then.
struct FinishedLead {
  base::Uuid id;
  bool converted = false;
  int64_t stage_version = 0;
  absl::Time open_time;                   // effective
  absl::Time close_time;                  // effective
  std::optional<int64_t> close_revision;  // nothing if it is older than field history
};

// Which leads ended, and how. Thread-safe; blocks.
class OutcomeReads {
 public:
  explicit OutcomeReads(pg::Pool& pool) : pool_(pool) {}

  // The newest `limit` leads of the tenant that are CONVERTED or DISQUALIFIED, but for those that
  // were duplicates or are deleted; in no order. Reads all leads of the tenant. DATA_LOSS
  // DATA_DAMAGED.
  absl::StatusOr<std::vector<FinishedLead>> Finished(const std::string& tenant, int limit,
                                                     base::Deadline deadline) const;

  // When the lead was opened (effective time). NOT_FOUND RESOURCE_NOT_FOUND.
  absl::StatusOr<absl::Time> OpenTime(const base::TenantKey& lead, base::Deadline deadline) const;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::lead
