#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "clients/crmctl/import/csv_reader.h"

namespace crm::crmctl {

// The first rows of a CSV file, held. See CsvReader.
class CsvTable : public CsvColumns {
 public:
  static absl::StatusOr<CsvTable> Parse(absl::string_view text, const CsvOptions& options = {});
  // Errors: CsvReader::Open's and CsvReader::status. No more than `most` rows.
  static absl::StatusOr<CsvTable> Read(const std::string& path, absl::string_view encoding = "",
                                       const CsvOptions& options = {},
                                       size_t most = std::numeric_limits<size_t>::max());

  const std::vector<CsvRow>& rows() const { return rows_; }
  int64_t repeated_headers() const { return repeated_headers_; }

 private:
  static absl::StatusOr<CsvTable> Of(absl::StatusOr<CsvReader> reader, size_t most);

  std::vector<CsvRow> rows_;
  int64_t repeated_headers_ = 0;
};

}  // namespace crm::crmctl
