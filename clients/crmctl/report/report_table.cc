#include "clients/crmctl/report/report_table.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "clients/crmctl/report/figure_text.h"
#include "clients/crmctl/terminal_text.h"

namespace crm::crmctl {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kLeastWord = 8;
constexpr size_t kLeastBar = 6;
constexpr size_t kMostBar = 40;
constexpr char kBold[] = "\033[1m";
constexpr char kBlue[] = "\033[34m";
constexpr char kPlain[] = "\033[0m";

std::string Bar(double value, double most, size_t room) {
  if (most <= 0 || value <= 0) return "";
  static constexpr const char* kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths =
      std::max<size_t>(1, static_cast<size_t>(value / most * static_cast<double>(room) * 8 + 0.5));
  std::string bar;
  for (size_t i = 0; i < eighths / 8; ++i) bar += "█";
  return bar + kParts[eighths % 8];
}

struct Layout {
  std::vector<size_t> widths;
  std::vector<bool> right;
  size_t bar = 0;
};

// Lines of a cell: of sums of several currencies one for each.
using Cell = std::vector<std::string>;

bool HoldsFigures(const ReportTable& table, size_t column) {
  return !table.rows.empty() &&
         std::all_of(table.rows.begin(), table.rows.end(), [column](const auto& row) {
           return row[column].empty() || !FigureLines(row[column]).empty();
         });
}

std::vector<std::vector<Cell>> CellsOf(const ReportTable& table, const std::vector<bool>& figures) {
  std::vector<std::vector<Cell>> rows;
  for (const auto& row : table.rows) {
    std::vector<Cell>& cells = rows.emplace_back();
    for (size_t i = 0; i < row.size(); ++i) {
      cells.push_back(figures[i] && !row[i].empty() ? FigureLines(row[i])
                                                    : Cell{OnOneLine(Grouped(row[i]))});
    }
  }
  return rows;
}

Layout LayOut(const ReportTable& table, const std::vector<std::vector<Cell>>& rows,
              std::vector<bool> figures, size_t width) {
  Layout layout;
  layout.right = std::move(figures);
  size_t used = 0;
  for (size_t i = 0; i < table.titles.size(); ++i) {
    size_t most = ColumnsOf(table.titles[i]);
    for (const auto& row : rows) {
      for (const std::string& text : row[i]) most = std::max(most, ColumnsOf(text));
    }
    layout.widths.push_back(most);
    used += most + (i > 0 ? kGap : 0);
  }
  // Words give way to figures.
  for (size_t i = 0; i < layout.widths.size() && used > width; ++i) {
    if (layout.right[i] || layout.widths[i] <= kLeastWord) continue;
    const size_t give = std::min(used - width, layout.widths[i] - kLeastWord);
    layout.widths[i] -= give;
    used -= give;
  }
  if (!table.bars.empty() && used + kGap + kLeastBar <= width) {
    layout.bar = std::min(width - used - kGap, kMostBar);
  }
  return layout;
}

std::string Line(const std::vector<std::string>& texts, const Layout& layout,
                 const std::string& bar) {
  std::string line;
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) line.append(kGap, ' ');
    const std::string text = Cut(texts[i], layout.widths[i]);
    const std::string space(layout.widths[i] - ColumnsOf(text), ' ');
    absl::StrAppend(&line, layout.right[i] ? space : "", text, layout.right[i] ? "" : space);
  }
  if (!bar.empty()) line.append(kGap, ' ').append(bar);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string Field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    absl::StrAppend(&line, line.empty() && &field == &fields[0] ? "" : ",", Field(field));
  }
  return line + "\r\n";
}

}  // namespace

ReportTable WithoutEmptyColumns(const ReportTable& table) {
  ReportTable some{{}, std::vector<std::vector<std::string>>(table.rows.size()), table.bars};
  for (size_t i = 0; i < table.titles.size(); ++i) {
    const auto empty = [i](const auto& row) { return row[i].empty(); };
    if (std::all_of(table.rows.begin(), table.rows.end(), empty)) continue;
    some.titles.push_back(table.titles[i]);
    for (size_t row = 0; row < table.rows.size(); ++row) {
      some.rows[row].push_back(table.rows[row][i]);
    }
  }
  return some;
}

std::string RenderTable(const ReportTable& table, size_t width, bool coloured) {
  std::vector<bool> figures;
  for (size_t i = 0; i < table.titles.size(); ++i) figures.push_back(HoldsFigures(table, i));
  const std::vector<std::vector<Cell>> rows = CellsOf(table, figures);
  const Layout layout = LayOut(table, rows, std::move(figures), width);
  const std::string titles = Line(table.titles, layout, "");
  std::string out = coloured ? absl::StrCat(kBold, titles, kPlain, "\n") : titles + "\n";
  const double most =
      table.bars.empty() ? 0 : *std::max_element(table.bars.begin(), table.bars.end());
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string bar = layout.bar > 0 ? Bar(table.bars[i], most, layout.bar) : "";
    if (coloured && !bar.empty()) bar = absl::StrCat(kBlue, bar, kPlain);
    size_t lines = 1;
    for (const Cell& cell : rows[i]) lines = std::max(lines, cell.size());
    for (size_t line = 0; line < lines; ++line) {
      std::vector<std::string> texts;
      for (const Cell& cell : rows[i]) texts.push_back(line < cell.size() ? cell[line] : "");
      absl::StrAppend(&out, Line(texts, layout, line == 0 ? bar : ""), "\n");
    }
  }
  return out;
}

std::string RenderCsv(const ReportTable& table) {
  std::string out = CsvLine(table.titles);
  for (const auto& row : table.rows) out += CsvLine(row);
  return out;
}

}  // namespace crm::crmctl
