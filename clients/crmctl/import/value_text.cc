#include "clients/crmctl/import/value_text.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <absl/time/civil_time.h>

#include <algorithm>
#include <array>

#include "common/base/text.h"
#include "common/base/unicode.h"

namespace crm::crmctl {
namespace {

constexpr absl::string_view kIsoFormats[] = {"%Y-%m-%d",
                                             "%Y-%m-%dT%H:%M:%E*S%Ez",
                                             "%Y-%m-%d %H:%M:%E*S%Ez",
                                             "%Y-%m-%dT%H:%M:%E*S",
                                             "%Y-%m-%d %H:%M:%E*S",
                                             "%Y-%m-%dT%H:%M%Ez",
                                             "%Y-%m-%d %H:%M%Ez",
                                             "%Y-%m-%dT%H:%M",
                                             "%Y-%m-%d %H:%M"};

// Most dates are of this form: no need to try formats.
std::optional<absl::Time> PlainDate(absl::string_view text, absl::TimeZone zone) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int year = 0, month = 0, day = 0;
  const auto digits = [&](size_t from, size_t count, int* value) {
    for (size_t i = from; i < from + count; ++i) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return false;
      *value = *value * 10 + (text[i] - '0');
    }
    return true;
  };
  if (!digits(0, 4, &year) || !digits(5, 2, &month) || !digits(8, 2, &day)) return std::nullopt;
  const absl::CivilDay civil(year, month, day);
  if (civil.year() != year || civil.month() != month || civil.day() != day || year < 1) {
    return std::nullopt;
  }
  return absl::FromCivil(civil, zone);
}

std::optional<absl::Time> ByFormat(absl::string_view text, absl::string_view format,
                                   absl::TimeZone zone) {
  // "infinite-past" is a time for absl::ParseTime.
  if (absl::StrContains(text, "infinite")) return std::nullopt;
  // "%Y" alone takes any number of digits: 3/2/25 would be in the year 25, and 20250228 no date.
  const std::string exact = absl::StrReplaceAll(format, {{"%Y", "%E4Y"}});
  absl::Time time;
  if (!absl::ParseTime(exact, text, zone, &time, nullptr)) return std::nullopt;
  return time;
}

std::optional<absl::Time> BySerial(absl::string_view text, absl::string_view format,
                                   absl::TimeZone zone) {
  double number = 0;
  if (text.empty() || !absl::ascii_isdigit(static_cast<unsigned char>(text.front())) ||
      !absl::SimpleAtod(text, &number) || number > 1e15) {
    return std::nullopt;
  }
  if (format == "excel") {
    // Day 60 is a 29 February 1900 that never was; all that comes in exports lies behind it.
    if (number < 61 || number > 2'958'465) return std::nullopt;
    const auto days = static_cast<int64_t>(number);
    const auto seconds = static_cast<int64_t>((number - static_cast<double>(days)) * 86400.0 + 0.5);
    return absl::FromCivil(absl::CivilSecond(absl::CivilDay(1899, 12, 30) + days) + seconds, zone);
  }
  int64_t whole = 0;
  if (!absl::SimpleAtoi(text.substr(0, text.find('.')), &whole)) return std::nullopt;
  return format == "unix" ? absl::FromUnixSeconds(whole) : absl::FromUnixMillis(whole);
}

std::optional<int64_t> Plain(absl::string_view text, const NumberForm& form) {
  // "250.0": decimals that are all zeros say nothing.
  const size_t point = text.find(form.decimal);
  if (point != absl::string_view::npos && point + 1 < text.size()) {
    const absl::string_view decimals = text.substr(point + 1);
    if (std::all_of(decimals.begin(), decimals.end(), [](char c) { return c == '0'; })) {
      text = text.substr(0, point);
    }
  }
  return ParseDecimal(text, 0, 1, form);
}

struct Ends {
  std::optional<int64_t> low, high;
};

std::optional<Ends> RangeOf(absl::string_view text, const NumberForm& form) {
  Ends ends;
  if (absl::ConsumeSuffix(&text, "+") || absl::ConsumePrefix(&text, ">")) {
    ends.low = Plain(absl::StripAsciiWhitespace(text), form);
    return ends.low ? std::optional(ends) : std::nullopt;
  }
  if (absl::ConsumePrefix(&text, "<")) {
    ends.high = Plain(absl::StripAsciiWhitespace(text), form);
    return ends.high ? std::optional(ends) : std::nullopt;
  }
  for (const absl::string_view dash : {"-", "–", "—", " to "}) {
    const size_t at = text.find(dash, 1);
    if (at == absl::string_view::npos) continue;
    ends.low = Plain(absl::StripAsciiWhitespace(text.substr(0, at)), form);
    ends.high = Plain(absl::StripAsciiWhitespace(text.substr(at + dash.size())), form);
    if (ends.low && ends.high && *ends.low <= *ends.high) return ends;
  }
  return std::nullopt;
}

}  // namespace

std::optional<absl::Time> ParseTime(absl::string_view text, const std::vector<std::string>& formats,
                                    absl::TimeZone zone) {
  std::optional<absl::Time> time;
  const auto attempt = [&](absl::string_view format) {
    if (format == "iso") {
      time = PlainDate(text, zone);
      for (size_t i = 0; !time && i < std::size(kIsoFormats); ++i) {
        time = ByFormat(text, kIsoFormats[i], zone);
      }
    } else if (absl::StrContains(format, '%')) {
      time = ByFormat(text, format, zone);
    } else {
      time = BySerial(text, format, zone);
    }
    if (!time) return false;
    const int64_t year = absl::ToCivilDay(*time, zone).year();
    if (year < 1 || year > 9999) time.reset();
    return time.has_value();
  };
  if (formats.empty()) {
    attempt("iso");
    return time;
  }
  for (const std::string& format : formats) {
    if (attempt(format)) return time;
  }
  return std::nullopt;
}

bool IsTimeFormat(absl::string_view format) {
  static constexpr std::array<absl::string_view, 4> kWords = {"iso", "unix", "unix_ms", "excel"};
  if (std::find(kWords.begin(), kWords.end(), format) != kWords.end()) return true;
  // What strptime knows of dates and times; a year must be among it.
  bool year = false;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i >= format.size()) return false;
    if (absl::StartsWith(format.substr(i), "E*S") || absl::StartsWith(format.substr(i), "Ez")) {
      continue;
    }
    if (!absl::StrContains("dmyYbBhHIMSpzTRFDejaA%nt", format[i])) return false;
    year |= absl::StrContains("yYFD", format[i]);
  }
  return year;
}

std::optional<WholeNumber> ParseWhole(absl::string_view text, const NumberForm& form, Range range) {
  if (const std::optional<int64_t> value = Plain(text, form)) return WholeNumber{value};
  const std::optional<Ends> ends = RangeOf(text, form);
  if (!ends || range == Range::kRefuse) return std::nullopt;
  if (range == Range::kDrop) return WholeNumber{};
  const int64_t low = ends->low.value_or(0);
  const int64_t high = ends->high.value_or(low);
  if (range == Range::kMid) return WholeNumber{low + (high - low) / 2};
  return WholeNumber{range == Range::kLow ? low : high};
}

bool MatchesPattern(absl::string_view text, absl::string_view pattern) {
  size_t at = 0;
  size_t in = 0;
  size_t star = absl::string_view::npos;  // the last one, and how much of the text it has taken
  size_t taken = 0;
  while (at < text.size()) {
    if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      taken = at;
    } else if (in < pattern.size() && (pattern[in] == '?' || pattern[in] == text[at])) {
      ++in, ++at;
    } else if (star != absl::string_view::npos) {
      in = star + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  return pattern.substr(in).find_first_not_of('*') == absl::string_view::npos;
}

std::vector<std::string> SplitValues(absl::string_view text, absl::string_view separators) {
  std::vector<std::string> values;
  for (const absl::string_view part : absl::StrSplit(text, absl::ByAnyChar(separators))) {
    std::string value = base::Tidy(part);
    const bool known = std::find(values.begin(), values.end(), value) != values.end();
    if (!value.empty() && !known) values.push_back(std::move(value));
  }
  return values;
}

std::string ValidText(absl::string_view text) {
  if (base::IsValidUtf8(text)) return std::string(text);
  std::string valid;
  while (!text.empty()) {
    size_t size = 1;
    while (size < 4 && size < text.size() && !base::IsValidUtf8(text.substr(0, size))) ++size;
    const bool sound = base::IsValidUtf8(text.substr(0, size));
    absl::StrAppend(&valid, sound ? text.substr(0, size) : "\uFFFD");
    text.remove_prefix(sound ? size : 1);
  }
  return valid;
}

std::string Shown(absl::string_view value) {
  constexpr size_t kShown = 60;
  // Four bytes are the most that a character has; so much of a huge value is enough to look at.
  const bool huge = value.size() > 16 * kShown;
  const std::string valid = ValidText(huge ? value.substr(0, 16 * kShown) : value);
  const std::string shown = base::CutAtCharacter(valid, kShown);
  return absl::StrCat("\"", shown, huge || shown.size() < valid.size() ? "…" : "", "\"");
}

}  // namespace crm::crmctl
