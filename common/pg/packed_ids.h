#pragma once

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/base/uuid.h"
#include "common/pg/row_reader.h"

// Many ids in one value, for reads of many rows: as rows of their own they take several times as
// long to write and to read. An aggregate over `id`, in the order of what it is fed; NULL of none.
#define CRM_PACKED_IDS(id) "string_agg(uuid_send(" id "), ''::bytea)"

namespace crm::pg {

// The text of a bytea that is one uuid after the other.
std::optional<std::vector<base::Uuid>> UuidsOf(absl::string_view text);

// What CRM_PACKED_IDS gave.
inline std::vector<base::Uuid> ReadPackedIds(RowReader& read, int column) {
  return read.OptionalParsed(column, UuidsOf).value_or(std::vector<base::Uuid>());
}

}  // namespace crm::pg
