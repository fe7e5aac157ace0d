#include "clients/crmctl/import/csv_table.h"

#include <utility>

#include "common/base/status.h"

namespace crm::crmctl {

absl::StatusOr<CsvTable> CsvTable::Of(absl::StatusOr<CsvReader> reader, size_t most) {
  if (!reader.ok()) return reader.status();
  CsvTable table;
  table.AddColumns(reader->columns());
  CsvRow row;
  while (table.rows_.size() < most && reader->Next(&row)) {
    table.rows_.push_back(row);
  }
  CRM_RETURN_IF_ERROR(reader->status());
  table.repeated_headers_ = reader->repeated_headers();
  return table;
}

absl::StatusOr<CsvTable> CsvTable::Parse(absl::string_view text, const CsvOptions& options) {
  return Of(CsvReader::Of(TextFile::Of(std::string(text)), options),
            std::numeric_limits<size_t>::max());
}

absl::StatusOr<CsvTable> CsvTable::Read(const std::string& path, absl::string_view encoding,
                                        const CsvOptions& options, size_t most) {
  return Of(CsvReader::Open(path, encoding, options), most);
}

}  // namespace crm::crmctl
