#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/base/uuid.h"

namespace crm::aggregate {

enum class Comparison { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

// One condition of a filter. `field` is a public field name, which the service's Listing maps to a
// column; `value` is text as the column's type reads it.
struct Condition {
  std::string field;
  Comparison comparison = Comparison::kEqual;
  std::string value;
};

// Where a page ended: the keys of its last row.
struct Cursor {
  absl::Time create_time;
  base::Uuid id;
};

// One page of one tenant's things, ordered by (create_time, id).
struct ListQuery {
  std::string tenant;
  std::vector<Condition> conditions;
  bool descending = false;
  bool show_deleted = false;
  std::optional<Cursor> after;
  int limit = 50;
};

}  // namespace crm::aggregate
