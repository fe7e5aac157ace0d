#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/pg/row_reader.h"

// A time as its eight bytes, microseconds since 2000, for reads of many rows: its text form takes
// several times as long to write and to read, and so does computing a number.
#define CRM_MICROS(time) "timestamptz_send(" time ")"

namespace crm::pg {

// The time so many microseconds after 2000; nothing for infinity.
std::optional<absl::Time> TimeOfMicros(int64_t micros);

// What CRM_MICROS gave; nothing for what it cannot have, as infinity.
std::optional<absl::Time> TimeOfBytes(absl::string_view text);

// NULL is damage.
inline absl::Time ReadMicros(RowReader& read, int column) {
  return read.Parsed(column, TimeOfBytes);
}

inline std::optional<absl::Time> ReadOptionalMicros(RowReader& read, int column) {
  return read.OptionalParsed(column, TimeOfBytes);
}

}  // namespace crm::pg
