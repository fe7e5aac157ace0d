#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crm::crmctl {

// One row of a CSV file.
struct CsvRow {
  int64_t line = 0;                 // the line it begins on; the first line is 1
  std::vector<std::string> fields;  // as many as the header has, unless there is a problem
  std::string raw;                  // as it stands in the file, without its line end
  std::string problem;              // why it cannot be used; empty for a sound row
  // Columns whose text cannot be used (not UTF-8, a NUL byte, too long), and why. Who does not read
  // them is not disturbed.
  std::vector<std::pair<size_t, std::string>> spoiled;
};

// How a file is read.
struct CsvOptions {
  char delimiter = 0;   // , ; tab or |; 0: found from the header
  int skip = 0;         // lines before the header
  int footer = 0;       // rows at the end that are none
  std::string dialect;  // said of text that is not UTF-8: how to read it; may be empty
  // Asked every few thousand lines whether to stop; then reading ends with CANCELLED.
  std::function<bool()> stop;
};

// A CSV file as RFC 4180 has it, and as files really are: byte order marks, CRLF, LF or CR,
// delimiters of several kinds, quoted fields with delimiters, quotes and line ends; unquoted fields
// are trimmed. Rows of nothing but delimiters and white space are none, and neither is the header
// once more. A bad row keeps to itself: one with a wrong number of columns or a quote that is never
// closed is kept with its problem, and reading goes on at the next line. Reading is linear in the
// file, whatever it holds.
class CsvTable {
 public:
  static constexpr size_t kMaxField = 64 << 10;

  // Errors: INVALID_ARGUMENT when there is no header, or it is malformed; CANCELLED.
  static absl::StatusOr<CsvTable> Parse(absl::string_view text, const CsvOptions& options = {});
  // Reads a file, given its encoding (DecodeText's). Also NOT_FOUND when it cannot be read.
  static absl::StatusOr<CsvTable> Read(const std::string& path, absl::string_view encoding = "",
                                       const CsvOptions& options = {});

  // As the header has them; one without a name is empty.
  const std::vector<std::string>& columns() const { return columns_; }
  // The position of a column: the first of that name, or with "name#2" the second.
  std::optional<size_t> Column(absl::string_view name) const;
  // How many columns have this name.
  size_t Count(absl::string_view name) const;
  const std::vector<CsvRow>& rows() const { return rows_; }
  int64_t repeated_headers() const { return repeated_headers_; }
  const std::string& header() const { return header_; }  // as it stands in the file

  // Adds columns: to every row those of the row that `other` finds for it, none for nullptr.
  void Join(const std::vector<std::string>& columns,
            const std::function<const CsvRow*(const CsvRow&)>& other);
  // Keeps the rows for which `keep` says so.
  void Filter(const std::function<bool(const CsvRow&)>& keep);

 private:
  std::vector<std::string> columns_;
  std::vector<CsvRow> rows_;
  std::string header_;
  int64_t repeated_headers_ = 0;
};

// `text` as one CSV field, quoted where it must be.
std::string CsvField(absl::string_view text);

}  // namespace crm::crmctl
