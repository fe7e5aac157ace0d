#pragma once

#include <absl/strings/ascii.h>
#include <absl/strings/string_view.h>
#include <csv.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "clients/crmctl/import/csv_table.h"

// How CsvTable reads.
namespace crm::crmctl {

inline std::string WithoutLineEnd(absl::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return std::string(text);
}

inline std::string FirstLine(absl::string_view text) {
  return std::string(text.substr(0, text.find_first_of("\r\n")));
}

// Feeds a text to libcsv one physical line at a time, which gives each row its place.
class RowScanner {
 public:
  RowScanner(absl::string_view text, char delimiter, std::function<bool()> stop,
             std::function<bool(CsvRow, int lines)> take)
      : text_(text), delimiter_(delimiter), stop_(std::move(stop)), take_(std::move(take)) {
    Init();
  }
  ~RowScanner() { csv_free(&parser_); }
  RowScanner(const RowScanner&) = delete;
  RowScanner& operator=(const RowScanner&) = delete;

  // False when it was stopped.
  bool Scan() {
    while (true) {
      while (position_ < text_.size()) {
        if (++fed_ % 1024 == 0 && stop_ && stop_()) return false;
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
      if (closed) return true;
      Unclosed();
    }
  }

 private:
  static void OnField(void* data, size_t size, void* self) {
    static_cast<RowScanner*>(self)->row_.fields.emplace_back(static_cast<const char*>(data), size);
  }
  static void OnRow(int, void* self) { static_cast<RowScanner*>(self)->EndRow(); }

  void Init() {
    csv_init(&parser_, 0);
    csv_set_delim(&parser_, static_cast<unsigned char>(delimiter_));
  }

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
    Init();
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
  const char delimiter_;
  const std::function<bool()> stop_;
  int64_t fed_ = 0;
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

}  // namespace crm::crmctl
