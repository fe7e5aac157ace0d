#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/aggregate/list_query.h"
#include "common/pg/pool.h"
#include "common/pg/rows.h"

namespace crm::aggregate {

// How a public field of a filter is compared in SQL.
struct ListedField {
  const char* name;  // as callers write it
  const char* type;  // the SQL type that the value is cast to
  // A column, or, when it contains '?', a whole condition in which '?' stands for the value
  // ("EXISTS (SELECT … WHERE k.value = ?)"); such a field knows only kEqual.
  const char* sql;
};

// A table that can be listed. All are constants with static storage.
struct Listing {
  const char* select;  // "SELECT a, b FROM thing", columns as Table::Read wants them
  const char* live;    // "delete_time IS NULL", or nullptr if nothing is soft-deleted
  absl::Span<const ListedField> fields;
};

// One page of rows, at most query.limit of them, by keyset on (create_time, id); never OFFSET. The
// table needs columns tenant, create_time and id. INVALID_ARGUMENT FILTER_INVALID if a condition's
// field is not listed, or its value is not of the field's type. Blocks.
absl::StatusOr<pg::Rows> List(pg::Pool& pool, const Listing& listing, const ListQuery& query,
                              absl::Time deadline);

}  // namespace crm::aggregate
