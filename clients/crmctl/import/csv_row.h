#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crm::crmctl {

// One row of a CSV file.
struct CsvRow {
  int64_t line = 0;                 // the line it begins on; the first line is 1
  int64_t place = 0;                // the byte of the text that it begins at
  std::vector<std::string> fields;  // as many as the header has, unless there is a problem
  std::string raw;                  // as it stands in the file, without its line end
  std::string problem;              // why it cannot be used; empty for a sound row
  // Columns whose text cannot be used (not UTF-8, a NUL byte, too long), and why. Who does not read
  // them is not disturbed.
  std::vector<std::pair<size_t, std::string>> spoiled;
};

// The columns of a table.
class CsvColumns {
 public:
  // As the header has them; one without a name is empty.
  const std::vector<std::string>& columns() const { return columns_; }
  // The position of a column: the first of that name, or with "name#2" the second.
  std::optional<size_t> Column(absl::string_view name) const;
  // How many columns have this name.
  size_t Count(absl::string_view name) const;
  void AddColumns(const std::vector<std::string>& columns) {
    columns_.insert(columns_.end(), columns.begin(), columns.end());
  }

 private:
  std::vector<std::string> columns_;
};

// `text` as one CSV field, quoted where it must be.
std::string CsvField(absl::string_view text);

}  // namespace crm::crmctl
