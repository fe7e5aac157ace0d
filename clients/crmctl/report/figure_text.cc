#include "clients/crmctl/report/figure_text.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>

#include "clients/crmctl/terminal_text.h"

namespace crm::crmctl {
namespace {

std::vector<std::string> Parts(const std::string& text) {
  return absl::StrSplit(absl::StrReplaceAll(text, {{" = ", ", = "}}), ", ");
}

}  // namespace

bool IsFigure(const std::string& text) {
  const size_t first = !text.empty() && text[0] == '-' ? 1 : 0;
  if (text.size() <= first || !absl::ascii_isdigit(text[first])) return false;
  return text.find_first_not_of("0123456789.", first) == text.find(' ', first) &&
         text.find('-', first) == std::string::npos;
}

std::string Grouped(const std::string& text) {
  if (!IsFigure(text)) return text;
  const size_t first = text[0] == '-' ? 1 : 0;
  std::string grouped = text;
  size_t end = text.find_first_not_of("0123456789", first);
  if (end == std::string::npos) end = text.size();
  for (size_t i = end; i > first + 3;) grouped.insert(i -= 3, 1, ',');
  return grouped;
}

std::string Grouped(int64_t number) { return Grouped(absl::StrCat(number)); }

std::vector<std::string> FigureLines(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string& part : Parts(text)) {
    const bool sum = absl::StartsWith(part, "= ");
    const std::string figure = sum ? part.substr(2) : part;
    if (!IsFigure(figure)) return {};
    lines.push_back((sum ? "= " : "") + Grouped(figure));
  }
  return lines;
}

std::string DaysText(const std::optional<double>& days) {
  return days ? absl::StrFormat("%.1f", *days) : "";
}

std::string PercentText(const std::optional<double>& share) {
  return share ? absl::StrFormat("%.1f %%", *share * 100) : "";
}

std::string Spoken(const std::string& word) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(word), {{"_", " "}});
}

std::string Cut(const std::string& text, size_t columns) {
  if (ColumnsOf(text) <= columns) return text;
  return absl::StrCat(BeginningOf(text, columns - 1), "…");
}

}  // namespace crm::crmctl
