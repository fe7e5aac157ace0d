#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clients/crmctl/import/money_text.h"

namespace crm::crmctl {

// A date or time by the first of `formats` that fits: strptime's words ("%d/%m/%y", "%Y%m%d",
// "%m-%d-%Y %H:%M"; figures need no padding), "unix" and "unix_ms" (seconds and milliseconds since
// 1970), "excel" (days since 1900), or "iso" (ISO 8601: a date, or a date and a time with or
// without seconds and zone), which is the default. Without a zone of its own it is in `zone`; a
// date is its midnight. Nothing when none fits, or the day is none (2025-02-30), or the year not
// in 1..9999.
std::optional<absl::Time> ParseTime(absl::string_view text, const std::vector<std::string>& formats,
                                    absl::TimeZone zone);

// Whether ParseTime could ever take `format`.
bool IsTimeFormat(absl::string_view format);

// What a range of whole numbers stands for.
enum class Range { kRefuse, kLow, kHigh, kMid, kDrop };

struct WholeNumber {
  std::optional<int64_t> value;  // nothing: to be left out
};

// "1,200" (with a sign for thousands), "250.0", and with a rule for ranges "51-200", "10000+",
// "<50". Nothing when the text is none of these.
std::optional<WholeNumber> ParseWhole(absl::string_view text, const NumberForm& form, Range range);

// Cuts a text at any of the characters in `separators`; the parts are trimmed, empty ones left out.
std::vector<std::string> SplitValues(absl::string_view text, absl::string_view separators);

// Whether `text` fits a pattern with * (anything) and ? (one byte).
bool MatchesPattern(absl::string_view text, absl::string_view pattern);

// A value as a message shows it: in quotes, at most 60 characters, valid whatever it holds.
std::string Shown(absl::string_view value);

// The same without quotes and limit: what is no UTF-8 becomes U+FFFD.
std::string ValidText(absl::string_view text);

}  // namespace crm::crmctl
