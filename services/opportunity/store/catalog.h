#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/aggregate/list_query.h"
#include "common/pg/pool.h"
#include "services/opportunity/domain/opportunity.h"

namespace crm::opportunity {

// Reads of more than one opportunity by something else than their keys. Thread-safe; blocks.
class Catalog {
 public:
  // `pool` must outlive the catalog.
  explicit Catalog(pg::Pool& pool) : pool_(pool) {}

  // One page. Fields of conditions: stage, stage_type, owner, contact and lead (UUIDs), pipeline
  // (an id), external_id, create_time. By contact, lead, owner and external id an index leads the
  // way; the others filter the walk by create_time, since an index on the stage would make every
  // move more costly.
  absl::StatusOr<std::vector<Opportunity>> List(const aggregate::ListQuery& query,
                                                absl::Time deadline) const;

 private:
  pg::Pool& pool_;
};

}  // namespace crm::opportunity
