#include "clients/crmctl/terminal_text.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <vector>

namespace crm::crmctl {
namespace {

// Calls `see` with each code point, -1 for bytes that are none, and its bytes.
template <class See>
void ForEachPoint(absl::string_view text, See see) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    UChar32 point = 0;
    U8_NEXT(text.data(), at, text.size(), point);
    see(point, text.substr(begin, at - begin));
  }
}

bool EndsLine(UChar32 point) {
  return (point >= '\n' && point <= '\r') || point == 0x85 || point == 0x2028 || point == 0x2029;
}

// Embeddings, overrides and isolates: what comes after them is shown in another order.
bool TurnsDirection(UChar32 point) {
  return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

bool IsWide(UChar32 point) {
  const int width = u_getIntPropertyValue(point, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH;
}

bool TakesNoRoom(UChar32 point) {
  return (U_GET_GC_MASK(point) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK)) != 0;
}

size_t Columns(UChar32 point) {
  if (point < 0) return 1;
  if (TakesNoRoom(point)) return 0;
  return IsWide(point) ? 2 : 1;
}

}  // namespace

std::string OnOneLine(absl::string_view text) {
  std::string line;
  UChar32 before = 0;
  ForEachPoint(text, [&](UChar32 point, absl::string_view bytes) {
    if (point < 0) {
      line += "\uFFFD";
    } else if (point == '\t' || EndsLine(point)) {
      if (point != '\n' || before != '\r') line += ' ';
    } else if (u_charType(point) == U_CONTROL_CHAR || TurnsDirection(point)) {
      absl::StrAppendFormat(&line, "\\u%04x", static_cast<unsigned>(point));
    } else {
      absl::StrAppend(&line, bytes);
    }
    before = point;
  });
  return line;
}

std::string OnLines(absl::string_view text, size_t indent) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    lines.push_back(OnOneLine(absl::StripSuffix(line, "\r")));
  }
  return absl::StrJoin(lines, absl::StrCat("\n", std::string(indent, ' ')));
}

size_t ColumnsOf(absl::string_view text) {
  size_t columns = 0;
  ForEachPoint(text, [&](UChar32 point, absl::string_view) { columns += Columns(point); });
  return columns;
}

absl::string_view BeginningOf(absl::string_view text, size_t columns) {
  size_t taken = 0;
  size_t end = 0;
  ForEachPoint(text, [&](UChar32 point, absl::string_view bytes) {
    taken += Columns(point);
    if (taken <= columns) end += bytes.size();
  });
  return text.substr(0, end);
}

}  // namespace crm::crmctl
