#pragma once

#include <optional>

#include "absl/time/time.h"
#include "common/pg/row_reader.h"

// A time as a whole number of microseconds since 1970, for reads of many rows: its text form takes
// several times as long to write and to read. A double holds it exactly.
#define CRM_MICROS(time) "(date_part('epoch', " time ") * 1e6)::bigint"

namespace crm::pg {

// What CRM_MICROS gave; NULL is damage.
inline absl::Time ReadMicros(RowReader& read, int column) {
  return absl::FromUnixMicros(read.Int(column));
}

inline std::optional<absl::Time> ReadOptionalMicros(RowReader& read, int column) {
  const std::optional<int64_t> micros = read.OptionalInt(column);
  return micros ? std::optional(absl::FromUnixMicros(*micros)) : std::nullopt;
}

}  // namespace crm::pg
