#include "clients/crmctl/import/csv_table.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <csv.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>

#include "common/base/text.h"

namespace crm::crmctl {
namespace {

std::string WithoutLineEnd(absl::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return std::string(text);
}

std::string FirstLine(absl::string_view text) {
  return std::string(text.substr(0, text.find_first_of("\r\n")));
}

// Feeds a text to libcsv one physical line at a time, which gives each row its place.
class RowScanner {
 public:
  RowScanner(absl::string_view text, std::function<bool(CsvRow, int lines)> take)
      : text_(text), take_(std::move(take)) {
    csv_init(&parser_, 0);
  }
  ~RowScanner() { csv_free(&parser_); }
  RowScanner(const RowScanner&) = delete;
  RowScanner& operator=(const RowScanner&) = delete;

  void Scan() {
    while (true) {
      while (position_ < text_.size()) {
        Feed();
        if (retry_) {
          Restart();
        } else if (inside_ && line_ >= open_from_) {
          Unclosed();
        } else if (inside_) {
          RefuseAtOnce();
        }
      }
      // Only here: strict parsing would stop at the first odd quote inside a field.
      csv_set_opts(&parser_, CSV_STRICT | CSV_STRICT_FINI);
      const bool closed = csv_fini(&parser_, OnField, OnRow, this) == 0;
      if (closed && retry_) {
        Restart();
        continue;
      }
      if (closed) return;
      Unclosed();
    }
  }

 private:
  static void OnField(void* data, size_t size, void* self) {
    static_cast<RowScanner*>(self)->row_.fields.emplace_back(static_cast<const char*>(data), size);
  }
  static void OnRow(int, void* self) { static_cast<RowScanner*>(self)->EndRow(); }

  void Feed() {
    if (!inside_) {
      start_ = position_;
      row_.line = line_;
      inside_ = true;
      counts_.clear();
    }
    if (static_cast<size_t>(line_) > line_starts_.size()) line_starts_.push_back(position_);
    size_t next = text_.find_first_of("\r\n", position_);
    next = next == absl::string_view::npos ? text_.size() : next + 1;
    if (next < text_.size() && text_[next - 1] == '\r' && text_[next] == '\n') ++next;
    const absl::string_view chunk = text_.substr(position_, next - position_);
    const bool blank = absl::StripAsciiWhitespace(chunk).empty();
    position_ = next;
    ++line_;
    if (csv_parse(&parser_, chunk.data(), chunk.size(), OnField, OnRow, this) != chunk.size()) {
      row_.problem = "the row is too large";
    }
    if (blank && row_.fields.empty() && line_ == row_.line + 1) inside_ = false;
    if (inside_) counts_.push_back(row_.fields.size());
  }

  void EndRow() {
    row_.raw = WithoutLineEnd(text_.substr(start_, position_ - start_));
    const auto lines = static_cast<int>(line_ - row_.line);
    const int64_t line = row_.line;
    const size_t fields = row_.fields.size();
    if (!columns_) columns_ = fields;
    if (!take_(std::move(row_), lines)) {
      retry_ = true;
      retry_line_ = line;
      refused_from_ = line + 1;
      tails_.clear();
      for (const size_t count : counts_) tails_.push_back(fields - count);
    }
    row_ = CsvRow();
    row_.line = line_;
    start_ = position_;
    inside_ = false;
  }

  // Continues behind the first line of the row that was refused.
  void Restart() {
    retry_ = false;
    Reset(retry_line_);
  }

  void Reset(int64_t refused_line) {
    const auto place = static_cast<size_t>(refused_line);
    position_ = place < line_starts_.size() ? line_starts_[place] : text_.size();
    line_ = refused_line + 1;
    csv_free(&parser_);
    csv_init(&parser_, 0);
    row_ = CsvRow();
    inside_ = false;
  }

  // Inside a quote at the end of a line there is one state only. So where a row was there before,
  // and was refused, this one ends as that one did: without this, each line of a file of stray
  // quotes would be read once for every line above it.
  void RefuseAtOnce() {
    const int64_t at = line_ - refused_from_;
    if (at < 0 || at >= static_cast<int64_t>(tails_.size())) return;
    const size_t fields = row_.fields.size() + tails_[static_cast<size_t>(at)];
    if (fields == columns_) return;
    CsvRow row;
    row.fields.resize(fields);
    Refuse(std::move(row));
  }

  void Unclosed() {
    open_from_ = std::min(open_from_, row_.line + 1);
    CsvRow row;
    row.problem = "a quote is opened and never closed";
    Refuse(std::move(row));
  }

  void Refuse(CsvRow row) {
    const int64_t line = row_.line;
    row.line = line;
    row.raw = FirstLine(text_.substr(start_));
    take_(std::move(row), 2);
    Reset(line);
  }

  const absl::string_view text_;
  const std::function<bool(CsvRow, int lines)> take_;
  csv_parser parser_;
  CsvRow row_;
  size_t start_ = 0;
  size_t position_ = 0;
  int64_t line_ = 1;  // of position_
  std::vector<size_t> line_starts_;
  bool inside_ = false;
  bool retry_ = false;
  int64_t retry_line_ = 0;
  std::optional<size_t> columns_;  // of the first row
  // Who is inside a quote before a line from here on never gets out.
  int64_t open_from_ = std::numeric_limits<int64_t>::max();
  std::vector<size_t> counts_;  // fields of this row before its second line, its third…
  // Of the row that was refused last: how many fields come after its line refused_from_ begins,
  // after the next…
  int64_t refused_from_ = 0;
  std::vector<size_t> tails_;
};

std::string ProblemOf(const CsvRow& row, size_t columns) {
  std::vector<std::string> problems;
  if (row.fields.size() != columns) {
    problems.push_back(
        absl::StrCat("has ", row.fields.size(), " columns where the header has ", columns));
  }
  for (size_t i = 0; i < row.fields.size(); ++i) {
    const std::string& field = row.fields[i];
    if (field.size() > CsvTable::kMaxField) {
      problems.push_back(absl::StrCat("column ", i + 1, " is longer than 64 KiB"));
    } else if (!base::IsValidUtf8(field)) {
      problems.push_back(absl::StrCat("column ", i + 1, " is not UTF-8"));
    } else if (base::HasNul(field)) {
      problems.push_back(absl::StrCat("column ", i + 1, " holds a NUL byte"));
    }
  }
  std::string text;
  for (const std::string& problem : problems) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", problem);
  }
  return text;
}

absl::Status CheckHeader(const CsvRow& header) {
  if (!header.problem.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("the header ", header.problem));
  }
  absl::flat_hash_set<std::string> seen;
  for (const std::string& column : header.fields) {
    if (!base::IsValidUtf8(column)) return absl::InvalidArgumentError("the header is not UTF-8");
    if (column.empty()) return absl::InvalidArgumentError("the header has a column without a name");
    if (!seen.insert(column).second) {
      return absl::InvalidArgumentError(absl::StrCat("the header names ", column, " twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CsvTable> CsvTable::Parse(absl::string_view text) {
  absl::ConsumePrefix(&text, "\xEF\xBB\xBF");
  CsvTable table;
  std::optional<CsvRow> header;
  RowScanner scanner(text, [&](CsvRow row, int lines) {
    if (!header) {
      header = std::move(row);
      return true;
    }
    const bool misread = row.fields.size() != header->fields.size();
    if (row.problem.empty()) row.problem = ProblemOf(row, header->fields.size());
    // A stray quote swallows the lines up to the next one: only its own line is refused.
    const bool refused = misread && lines > 1;
    if (refused) row.raw = FirstLine(row.raw);
    table.rows_.push_back(std::move(row));
    return !refused;
  });
  scanner.Scan();
  if (!header) return absl::InvalidArgumentError("the file has no header");
  if (absl::Status status = CheckHeader(*header); !status.ok()) return status;
  table.columns_ = std::move(header->fields);
  return table;
}

absl::StatusOr<CsvTable> CsvTable::Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, ": cannot be read"));
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return Parse(text);
}

std::optional<size_t> CsvTable::Column(absl::string_view name) const {
  const auto it = std::find(columns_.begin(), columns_.end(), name);
  if (it == columns_.end()) return std::nullopt;
  return static_cast<size_t>(it - columns_.begin());
}

std::string CsvField(absl::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == absl::string_view::npos &&
                     (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain) return std::string(text);
  std::string quoted(2 * text.size() + 2, '\0');
  quoted.resize(csv_write(quoted.data(), quoted.size(), text.data(), text.size()));
  return quoted;
}

}  // namespace crm::crmctl
