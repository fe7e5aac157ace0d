#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/listing/query.h"
#include "common/pg/pool.h"
#include "common/pg/rows.h"

namespace crm::aggregate {

// A table that can be listed; it needs columns tenant, id and those of its orders. Constants with
// static storage.
struct ListedTable {
  const char* select;  // "SELECT a, b FROM thing", columns as its reader wants them
  const char* live;    // "delete_time IS NULL", or nullptr if nothing is soft-deleted
  // An expression in the columns of fields and orders, and the column that has its value here;
  // empty if there is none.
  absl::string_view expression = {};
  absl::string_view column = {};
};

// One page of rows, at most query.limit of them, by keyset on (order, id); never OFFSET.
// Blocks.
//
// Queries by equality alone are prepared, since one plan fits all their values. Others are planned
// anew each time: a range may hold nothing or everything, and a plan for the average of the first
// few would be a walk through the whole tenant for the next one.
absl::StatusOr<pg::Rows> List(pg::Pool& pool, const ListedTable& table, const listing::Query& query,
                              base::Deadline deadline);

// The same query as one text, as EXPLAIN takes it.
std::string ListText(const ListedTable& table, const listing::Query& query);

}  // namespace crm::aggregate
