#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace crm::crmctl {

// A table of a report, perhaps with a bar beside each row.
struct ReportTable {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;  // texts; figures without separators
  std::vector<double> bars;  // one for each row, or none; the longest takes the room there is
};

// The same without the columns that have nothing in any row.
ReportTable WithoutEmptyColumns(const ReportTable& table);

// In lines of at most `width` columns: words to the left, cut with "…" where there is no room,
// figures to the right with thousands separated, sums of several currencies below each other; a bar
// where there is room for it. UTF-8. `coloured`: titles are bold and bars blue, by escape
// sequences.
std::string RenderTable(const ReportTable& table, size_t width, bool coloured);

// Titles and rows as CSV (RFC 4180); figures as they are.
std::string RenderCsv(const ReportTable& table);

}  // namespace crm::crmctl
