#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/time.h"
#include "common/base/uuid.h"
#include "common/listing/field.h"

namespace crm::listing {

// One condition of a filter. The value is of the field's type: text for texts, enums and slug
// names, else a time or an id.
struct Condition {
  const Field* field = nullptr;
  Operator op = Operator::kEqual;
  std::variant<std::string, absl::Time, base::Uuid> value;
};

// The years 1 to 9999: what a condition or cursor can be compared with.
inline bool IsStorable(absl::Time time) {
  return time >= absl::FromUnixSeconds(-62'135'596'800) &&
         time < absl::FromUnixSeconds(253'402'300'800);
}

// Where a page ended: the keys of its last row.
struct Cursor {
  absl::Time create_time;
  base::Uuid id;
};

// One page of one tenant's things, ordered by (create_time, id).
struct Query {
  std::string tenant;
  std::vector<Condition> conditions;
  bool descending = false;
  bool show_deleted = false;
  std::optional<Cursor> after;
  int limit = 50;
};

}  // namespace crm::listing
