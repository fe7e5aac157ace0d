#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/listing/query.h"
#include "common/pg/pool.h"
#include "common/pg/rows.h"

namespace crm::aggregate {

// A table that can be listed; it needs columns tenant, create_time and id. Constants with static
// storage.
struct ListedTable {
  const char* select;  // "SELECT a, b FROM thing", columns as its reader wants them
  const char* live;    // "delete_time IS NULL", or nullptr if nothing is soft-deleted
};

// One page of rows, at most query.limit of them, by keyset on (create_time, id); never OFFSET.
// Blocks.
absl::StatusOr<pg::Rows> List(pg::Pool& pool, const ListedTable& table, const listing::Query& query,
                              base::Deadline deadline);

}  // namespace crm::aggregate
