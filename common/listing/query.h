#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/money.h"
#include "common/base/uuid.h"
#include "common/listing/field.h"
#include "common/listing/order.h"

namespace crm::listing {

// Of the field's type: text for texts, enums, slug names and maps; a number also for days.
using Value =
    std::variant<std::string, int64_t, bool, absl::Time, absl::CivilDay, base::Uuid, base::Money>;

// One condition of a filter.
struct Condition {
  const Field* field = nullptr;
  std::string key = {};  // of kMap
  Operator op = Operator::kEqual;
  std::vector<Value> values = {};  // none for kHas, one or more for kIn, one for all others
};

// The years 1 to 9999: what a condition or cursor can be compared with.
inline bool IsStorable(absl::Time time) {
  return time >= absl::FromUnixSeconds(-62'135'596'800) &&
         time < absl::FromUnixSeconds(253'402'300'800);
}

// Where a page ended: the keys of its last row.
struct Cursor {
  OrderKey key;
  base::Uuid id;
};

// One page of one tenant's things, ordered by (order, id).
struct Query {
  std::string tenant;
  std::vector<Condition> conditions;
  const Order* order = &kByCreateTime;
  bool descending = false;
  bool show_deleted = false;
  std::optional<Cursor> after;
  std::optional<absl::Time> until;  // no row whose key, a time, is later
  int limit = 50;
};

}  // namespace crm::listing
