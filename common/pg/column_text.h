#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// Values in the text form in which PostgreSQL sends them (DateStyle ISO, time zone UTC). Nothing
// for text that is no such value, or one that the type cannot hold, as infinity or a year beyond
// 9999.
namespace crm::pg {

std::optional<int64_t> IntOf(absl::string_view text);
std::optional<bool> BoolOf(absl::string_view text);
std::optional<absl::Time> TimeOf(absl::string_view text);     // timestamptz
std::optional<absl::CivilDay> DayOf(absl::string_view text);  // date
std::optional<std::string> BytesOf(absl::string_view text);   // bytea in hex format

}  // namespace crm::pg
