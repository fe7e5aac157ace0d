#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/tenant_key.h"
#include "common/pg/pool.h"

namespace crm::stage {

// Where a thing is: what stage_history says of its last move.
struct PresentStage {
  base::TenantKey thing;
  std::string kind;  // "lead"
  int64_t version = 0;
  std::string stage;
  std::string stage_type;
  std::string stage_key;
  std::string pipeline;
  base::Uuid event_id;
  absl::Time effective;
  absl::Time recorded;
};

// At most `limit` things beyond `after`, ordered by tenant and id; all of one tenant, if that is
// given. DATA_LOSS if one cannot be read. Blocks for one read.
absl::StatusOr<std::vector<PresentStage>> ReadPresentStages(
    pg::Pool& pool, const std::optional<std::string>& tenant, const base::TenantKey& after,
    int limit, base::Deadline deadline);

}  // namespace crm::stage
