#include "clients/crmctl/print.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "clients/crmctl/message_fields.h"
#include "clients/crmctl/terminal_text.h"

namespace crm::crmctl {
namespace {

bool IsNumber(const std::string& text) {
  return !text.empty() && (absl::ascii_isdigit(text[0]) || text[0] == '-') &&
         text.find_first_not_of("0123456789,.- %ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos &&
         text.find('-', 1) == std::string::npos;
}

std::string Padded(const std::string& text, size_t width, bool right, bool last) {
  const size_t own = ColumnsOf(text);
  const std::string space(width > own ? width - own : 0, ' ');
  if (right) return space + text;
  return last ? text : text + space;
}

}  // namespace

bool Coloured() {
  static const bool coloured = isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  return coloured;
}

void PrintTable(const std::vector<std::string>& titles,
                const std::vector<std::vector<std::string>>& texts) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& cells : texts) {
    auto& row = rows.emplace_back();
    for (const std::string& cell : cells) row.push_back(OnOneLine(cell));
  }
  std::vector<size_t> widths;
  std::vector<bool> right(titles.size(), !rows.empty());
  for (const std::string& title : titles) widths.push_back(ColumnsOf(title));
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], ColumnsOf(row[i]));
      right[i] = right[i] && (row[i].empty() || IsNumber(row[i]));
    }
  }
  const auto print = [&](const std::vector<std::string>& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      absl::StrAppend(&line, Padded(row[i], widths[i], right[i], last), last ? "" : "  ");
    }
    std::fputs(line.c_str(), stdout);
  };
  if (Coloured()) std::fputs("\033[1m", stdout);
  print(titles);
  std::fputs(Coloured() ? "\033[0m\n" : "\n", stdout);
  for (const auto& row : rows) {
    print(row);
    std::fputs("\n", stdout);
  }
}

void PrintMessage(const google::protobuf::Message& message, bool json) {
  if (json) {
    std::fputs(JsonOf(message, true).c_str(), stdout);
    return;
  }
  const auto texts = FieldTexts(message);
  size_t width = 0;
  for (const auto& [path, text] : texts) width = std::max(width, path.size());
  for (const auto& [path, text] : texts) {
    std::printf("%s%-*s%s  %s\n", Coloured() ? "\033[1m" : "", static_cast<int>(width),
                path.c_str(), Coloured() ? "\033[0m" : "", OnLines(text, width + 2).c_str());
  }
}

void PrintPointers(const std::vector<const google::protobuf::Message*>& messages,
                   const std::vector<Column>& columns, bool json, bool more) {
  if (json) {
    std::fputs("[", stdout);
    for (size_t i = 0; i < messages.size(); ++i) {
      std::string text = JsonOf(*messages[i], false);
      text.pop_back();
      std::printf("%s\n  %s", i == 0 ? "" : ",", text.c_str());
    }
    std::fputs(messages.empty() ? "]\n" : "\n]\n", stdout);
    return;
  }
  std::vector<std::string> titles;
  for (const Column& column : columns) titles.push_back(column.title);
  std::vector<std::vector<std::string>> rows;
  for (const auto* message : messages) {
    auto& row = rows.emplace_back();
    for (const Column& column : columns) {
      std::string& text = row.emplace_back(FieldText(*message, column.path));
      if (column.zero_is_none && text == "0") text.clear();
    }
  }
  PrintTable(titles, rows);
  if (more) std::fputs("… there are more; use --limit N or --all\n", stderr);
}

}  // namespace crm::crmctl
