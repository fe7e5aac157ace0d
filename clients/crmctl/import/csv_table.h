#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace crm::crmctl {

// One row of a CSV file.
struct CsvRow {
  int64_t line = 0;                 // the line it begins on; the header is on line 1
  std::vector<std::string> fields;  // as many as the header has, unless there is a problem
  std::string raw;                  // as it stands in the file, without its line end
  std::string problem;              // why it cannot be used; empty for a sound row
};

// A CSV file as RFC 4180 has it, and as files really are: a byte order mark, CRLF or LF, empty
// lines, quoted fields with commas, quotes and line ends; unquoted fields are trimmed. A bad row
// keeps to itself: one with a wrong number of columns, a quote that is never closed, text that is
// not UTF-8, a NUL byte or a field above 64 KiB is kept with its problem, and reading goes on at
// the next line.
class CsvTable {
 public:
  static constexpr size_t kMaxField = 64 << 10;

  // Errors: INVALID_ARGUMENT when there is no header, or it is malformed or names a column twice.
  static absl::StatusOr<CsvTable> Parse(absl::string_view text);
  // Also NOT_FOUND when the file cannot be read.
  static absl::StatusOr<CsvTable> Read(const std::string& path);

  const std::vector<std::string>& columns() const { return columns_; }
  // The position of a column.
  std::optional<size_t> Column(absl::string_view name) const;
  const std::vector<CsvRow>& rows() const { return rows_; }

 private:
  std::vector<std::string> columns_;
  std::vector<CsvRow> rows_;
};

// `text` as one CSV field, quoted where it must be.
std::string CsvField(absl::string_view text);

}  // namespace crm::crmctl
